import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { previewPolicy, type ForeseenViolation, type PolicyPreview, type PolicyRule } from "../../../api/policyPreview";

/** Read without asking; then a button reads on. */
const PAGES_AT_ONCE = 20;

export interface Findings {
  violations: readonly ForeseenViolation[];
  examined: number;
  evaluated: number;
  failed: number;
  total: number;
}

function sumOf(pages: readonly PolicyPreview[]): Findings {
  const sum = (of: (page: PolicyPreview) => number) => pages.reduce((before, page) => before + of(page), 0);
  const examined = sum((page) => page.examined);
  return {
    violations: pages.flatMap((page) => page.data),
    examined,
    evaluated: sum((page) => page.evaluated),
    failed: sum((page) => page.failed),
    // The counter may be behind what was read.
    total: Math.max(examined, pages.at(-1)?.total ?? 0),
  };
}

/** The certificates that would violate `rule`, read page after page; nothing is asked for null. */
export function usePolicyPreview(rule: PolicyRule | null) {
  const [pagesWanted, setPagesWanted] = useState(PAGES_AT_ONCE);
  const query = useInfiniteQuery({
    queryKey: ["policies", "preview", rule],
    queryFn: ({ pageParam, signal }) => previewPolicy(rule ?? { type: "AllowedDomains", config: {} }, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: PolicyPreview) => last.next_cursor ?? undefined,
    enabled: rule !== null,
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
  const findings = useMemo(() => (pages === undefined ? null : sumOf(pages)), [pages]);
  const readMore = () => setPagesWanted((pages?.length ?? 0) + PAGES_AT_ONCE);
  return { findings, error: query.error, isReading: isFetching || readsOn, isComplete: findings !== null && !hasNextPage, readMore, retry: fetchNextPage };
}
