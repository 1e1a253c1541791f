import { queryOptions } from "@tanstack/react-query";

import { countDead, notificationKeys } from "../../api/notifications";
import { SLOW_POLL_MS } from "../../api/polling";

export const countDeadQuery = queryOptions({
  queryKey: notificationKeys.deadCount,
  queryFn: ({ signal }) => countDead(signal),
  refetchInterval: SLOW_POLL_MS,
});
