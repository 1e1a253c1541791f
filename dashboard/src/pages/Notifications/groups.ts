import { useQuery } from "@tanstack/react-query";

import { type GroupedState, groupNotifications, type NotificationGroup, notificationKeys } from "../../api/notifications";
import { SLOW_POLL_MS } from "../../api/polling";

export function useGroups(state: GroupedState, refetchInterval = SLOW_POLL_MS) {
  return useQuery({
    queryKey: notificationKeys.groups(state),
    queryFn: ({ signal }) => groupNotifications(state, signal),
    refetchInterval,
  });
}

/** `wanted`: a channel or a kind of channels; null: all. */
export function isOf({ channel, channel_id }: NotificationGroup, wanted: string | null): boolean {
  return wanted === null || wanted === channel || wanted === channel_id;
}

export function countOf(groups: readonly NotificationGroup[], wanted: string | null): number {
  return groups.filter((group) => isOf(group, wanted)).reduce((sum, { count }) => sum + count, 0);
}

/** Before a count: some groups may not have been read. */
export function atLeast(complete: boolean): string {
  return complete ? "" : "at least ";
}
