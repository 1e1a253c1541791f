import type { ReadableList } from "../../api/paging";

/** Rows that are all there, as a table takes them. */
export function listOf<Row>(rows: readonly Row[]): ReadableList<Row> {
  const nothing = () => undefined;
  return { rows, error: null, isPending: false, isFetching: false, hasNextPage: false, isFetchingNextPage: false, isFetchNextPageError: false, refetch: nothing, fetchNextPage: nothing };
}
