/** Lists by cursor, as one growing list of rows. */

import { hashKey, type InfiniteData, keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Page } from "./client";

export interface PageRequest {
  cursor: string | undefined;
  signal: AbortSignal;
}

export type FetchPage<Row> = (request: PageRequest) => Promise<Page<Row>>;

const MOST_EMPTY_PAGES = 50;

/** A filter that few rows match answers empty pages with a cursor: go on until rows come, or the end. */
export async function pageWithRows<Row>(fetchPage: FetchPage<Row>, request: PageRequest, most = MOST_EMPTY_PAGES): Promise<Page<Row>> {
  let page = await fetchPage(request);
  for (let tries = 1; tries < most; tries += 1) {
    if (page.data.length > 0 || page.next_cursor === null) return page;
    page = await fetchPage({ ...request, cursor: page.next_cursor });
  }
  return page;
}

/** A refresh reads every page again: lists that have grown past this are refreshed by hand only. */
const MOST_PAGES_REFRESHED = 3;

function isShort(query: { state: { data?: unknown } }): boolean {
  const data = query.state.data as { pages: unknown[] } | undefined;
  return (data?.pages.length ?? 0) <= MOST_PAGES_REFRESHED;
}

interface ListOptions<Row> {
  /** Milliseconds, by what was read. */
  refetchInterval?: number | ((rows: readonly Row[]) => number);
  enabled?: boolean;
  /** The rows of the query before stay until the new ones are there: for the same rows in another order. */
  keepsRows?: boolean;
}

function intervalOf<Row>(wanted: ListOptions<Row>["refetchInterval"], pages: readonly Page<Row>[]): number | false {
  if (typeof wanted !== "function") return wanted ?? false;
  return wanted(pages.flatMap((page) => page.data));
}

/** `rows` are those of all pages read so far; `fetchNextPage` reads on while `hasNextPage`. */
export function useList<Row>(
  queryKey: QueryKey,
  fetchPage: FetchPage<Row>,
  { refetchInterval, enabled = true, keepsRows = false }: ListOptions<Row> = {},
) {
  const query = useInfiniteQuery<Page<Row>, Error, InfiniteData<Page<Row>, string | undefined>, QueryKey, string | undefined>({
    queryKey,
    queryFn: ({ pageParam, signal }) => pageWithRows(fetchPage, { cursor: pageParam, signal }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled,
    refetchInterval: (current) => (isShort(current) ? intervalOf(refetchInterval, current.state.data?.pages ?? []) : false),
    refetchOnWindowFocus: isShort,
    ...(keepsRows && { placeholderData: keepPreviousData }),
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const isIncomplete = query.data?.pages.some((page) => page.incomplete === true) === true;
  const identity = `${hashKey(queryKey)} ${String(query.isPlaceholderData)}`;
  return { ...query, rows, isIncomplete, identity };
}

export type List<Row> = ReturnType<typeof useList<Row>>;

/** As much of a list as a table needs: `rows` may be others than those that were read, groups of them for one. */
export interface ReadableList<Row> {
  rows: readonly Row[];
  /** Differs for the rows of another query. */
  identity?: string;
  error: Error | null;
  isPending: boolean;
  isFetching: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  refetch: () => unknown;
  fetchNextPage: () => unknown;
}

const nothing = () => undefined;

/** Rows that are all there, as a table takes them; `query` has read them. */
export function listOf<Row>(
  rows: readonly Row[],
  query: Partial<Pick<ReadableList<Row>, "error" | "isPending" | "isFetching" | "refetch">> = {},
): ReadableList<Row> {
  const { error = null, isPending = false, isFetching = false, refetch = nothing } = query;
  return {
    rows,
    error,
    isPending,
    isFetching,
    refetch,
    hasNextPage: false,
    isFetchingNextPage: false,
    isFetchNextPageError: false,
    fetchNextPage: nothing,
  };
}
