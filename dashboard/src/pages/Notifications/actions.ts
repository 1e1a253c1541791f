import { type InfiniteData, type QueryClient, useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";

import type { Page } from "../../api/client";
import { messageOf } from "../../api/errors";
import { markNotificationRead, type Notification, notificationKeys, requeueNotification } from "../../api/notifications";
import { notify, updateNotice } from "../../components/notices";
import { followed } from "./consequences";
import { resultOf } from "./results";

function complain(error: Error): void {
  notify({ color: "red", title: "The action failed", message: messageOf(error) });
}

/** Says that it is queued, and then what became of it: only that is a success. */
async function report(queries: QueryClient, id: string): Promise<void> {
  const notice = `requeue-${id}`;
  notify({ id: notice, loading: true, autoClose: false, message: "Requeued. Waiting for the result." });
  const [row] = await lastOf(followed([id], new AbortController().signal));
  await queries.invalidateQueries({ queryKey: notificationKeys.all });
  updateNotice({ id: notice, loading: false, autoClose: 10_000, ...resultOf(row) });
}

async function lastOf(found: AsyncGenerator<Notification[]>): Promise<Notification[]> {
  let last: Notification[] = [];
  for await (const rows of found) last = rows;
  return last;
}

const REQUEUE = ["requeue"];

/** Not optimistic: the API may refuse, and what becomes of the row is its own affair. */
export function useRequeue() {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: REQUEUE,
    mutationFn: (id: string) => requeueNotification(id),
    onSuccess: async (_, id) => {
      void report(queries, id);
      await queries.invalidateQueries({ queryKey: notificationKeys.all });
    },
    onError: async (error) => {
      complain(error);
      await queries.invalidateQueries({ queryKey: notificationKeys.all });
    },
  });
}

/** Whether the API has not answered yet, whichever button or question sent it. */
export function useIsRequeuing(id: string): boolean {
  return useIsMutating({ mutationKey: REQUEUE, predicate: ({ state }) => state.variables === id }) > 0;
}

type Cached = InfiniteData<Page<Notification>> | Notification | number | undefined;

function withMark(row: Notification, id: string, at: string): Notification {
  return row.id === id ? { ...row, read_at: at } : row;
}

function markInCache(queries: QueryClient, id: string): void {
  const at = new Date().toISOString();
  queries.setQueriesData<Cached>({ queryKey: notificationKeys.all }, (cached) => {
    if (typeof cached !== "object") return cached;
    if (!("pages" in cached)) return withMark(cached, id, at);
    const pages = cached.pages.map((page) => ({ ...page, data: page.data.map((row) => withMark(row, id, at)) }));
    return { ...cached, pages };
  });
}

/** Optimistic: it is a mark only, and a second time changes nothing. */
export function useMarkRead() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => markNotificationRead(id),
    onMutate: async (id) => {
      await queries.cancelQueries({ queryKey: notificationKeys.all });
      markInCache(queries, id);
    },
    onError: complain,
    onSettled: () => queries.invalidateQueries({ queryKey: notificationKeys.all }),
  });
}
