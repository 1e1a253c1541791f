/** How old is what the page shows: the queries that it polls, the oldest of them. */

import { notifyManager, type Query, type QueryClient, useIsFetching, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";

import { noteAct, readAt } from "../api/polling";

function isPolled(query: Query): boolean {
  if (query.meta?.isOfTheShell === true || query.isDisabled()) return false;
  return query.observers.some(({ options: { refetchInterval } }) => refetchInterval !== undefined && refetchInterval !== false);
}

/** What never changes is read once: the session, types, code. */
function changes(query: Query): boolean {
  return query.queryKey[0] !== "session" && query.observers.some(({ options: { staleTime } }) => staleTime !== Infinity);
}

function oldest(queries: QueryClient): number | null {
  const states = queries
    .getQueryCache()
    .findAll({ type: "active", predicate: isPolled })
    .map(({ state }) => state);
  if (states.some(({ status, fetchStatus }) => status === "pending" && fetchStatus === "fetching")) return null;
  const read = states.filter(({ dataUpdatedAt }) => dataUpdatedAt > 0).map(readAt);
  return read.length === 0 ? null : Math.min(...read);
}

/** Milliseconds; null if the page polls nothing, or a part of it is read for the first time. */
export function useShownSince(): number | null {
  const queries = useQueryClient();
  // A component that mounts adds its query while React renders, when no other component may change: the listener is called after that.
  const subscribe = useCallback((listener: () => void) => queries.getQueryCache().subscribe(notifyManager.batchCalls(listener)), [queries]);
  return useSyncExternalStore(subscribe, () => oldest(queries));
}

export function useIsRefreshing(): boolean {
  return useIsFetching({ type: "active", predicate: isPolled }) > 0;
}

/** Everything on the page at once. */
export function useRefresh(): () => void {
  const queries = useQueryClient();
  return () => {
    noteAct();
    void queries.refetchQueries({ type: "active", predicate: changes }, { cancelRefetch: false });
  };
}
