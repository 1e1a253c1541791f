import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Schemas } from "./client";
import { SLOW_POLL_MS } from "./polling";
import { statsKeys } from "./stats";

export type Attention = Schemas["AttentionView"];
export type AttentionLine = Schemas["AttentionLineView"];
export type AttentionItem = Schemas["AttentionItemView"];
export type AttentionKind = Schemas["AttentionKind"];


/** Under the key of the statistics, so that their refresh reads it again. */
export const attentionKey = [...statsKeys.all, "attention"] as const;

/** What needs a person now. One query for all that show it: the overview, the title, the navigation. */
export function useAttention({ enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: attentionKey,
    queryFn: ({ signal }) => bodyOf(client.GET("/api/v1/attention", { signal })),
    refetchInterval: SLOW_POLL_MS,
    enabled,
  });
}

/** The count of one kind; 0 if nothing of it needs attention, undefined if that is not known. */
export function countOf(attention: Attention | undefined, kind: AttentionKind): number | undefined {
  if (attention === undefined || attention.unknown.includes(kind)) return undefined;
  return attention.lines.find((line) => line.kind === kind)?.count ?? 0;
}
