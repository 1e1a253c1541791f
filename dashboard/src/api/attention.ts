import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Schemas } from "./client";
import { OF_THE_SHELL, sharedOrNow, SLOW_POLL_MS } from "./polling";
import { statsKeys } from "./stats";

export type Attention = Schemas["AttentionView"];
export type AttentionLine = Schemas["AttentionLineView"];
export type AttentionItem = Schemas["AttentionItemView"];
export type AttentionKind = Schemas["AttentionKind"];

/** Under the key of the statistics, so that their refresh reads it again. */
const attentionKey = [...statsKeys.all, "attention"] as const;

const LEAST_MS = 1_000;

interface AttentionOptions {
  enabled?: boolean;
  inBackground?: boolean;
}

/** What needs a person now. One query for all that show it: the overview, the title, the navigation. It is read a minute
 *  after the last read by any of them. */
export function useAttention({ enabled = true, inBackground = false }: AttentionOptions = {}) {
  return useQuery({
    queryKey: attentionKey,
    queryFn: ({ signal }) => bodyOf(client.GET("/api/v1/attention", { cache: sharedOrNow(), signal })),
    refetchInterval: ({ state }) => Math.max(Math.max(state.dataUpdatedAt, state.errorUpdatedAt) + SLOW_POLL_MS - Date.now(), LEAST_MS),
    refetchIntervalInBackground: inBackground,
    meta: OF_THE_SHELL,
    enabled,
  });
}
