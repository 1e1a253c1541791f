import { queryOptions } from "@tanstack/react-query";

import { countDead, notificationKeys } from "../../api/notifications";

export const REFETCH_MS = 30_000;

export const countDeadQuery = queryOptions({
  queryKey: notificationKeys.deadCount,
  queryFn: ({ signal }) => countDead(signal),
  refetchInterval: REFETCH_MS,
});
