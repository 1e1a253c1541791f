import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

/** Read without asking; then a button reads on. */
const PAGES_AT_ONCE = 20;

/** A preview that is read page after page. Nothing is asked for while `wanted` is null. */
export function usePreview<Wanted, Page extends { next_cursor: string | null }>(
  name: string,
  wanted: Wanted | null,
  read: (wanted: Wanted, cursor: string | undefined, signal: AbortSignal) => Promise<Page>,
) {
  const [pagesWanted, setPagesWanted] = useState(PAGES_AT_ONCE);
  const query = useInfiniteQuery({
    queryKey: [name, "preview", wanted],
    queryFn: ({ pageParam, signal }) => read(wanted as Wanted, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page) => last.next_cursor ?? undefined,
    enabled: wanted !== null,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: Infinity,
    gcTime: 0,
  });
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const pages = data?.pages;
  const readsOn = hasNextPage && !isFetchNextPageError && (pages?.length ?? 0) < pagesWanted;
  const shouldRead = readsOn && !isFetching;
  // With each page again: a page that comes fast leaves `shouldRead` as it was.
  useEffect(() => {
    if (shouldRead) void fetchNextPage();
  }, [shouldRead, fetchNextPage, pages]);
  const readMore = () => setPagesWanted((pages?.length ?? 0) + PAGES_AT_ONCE);
  return {
    pages,
    error: query.error,
    isReading: isFetching || readsOn,
    isComplete: pages !== undefined && !hasNextPage,
    readMore,
    retry: fetchNextPage,
  };
}
