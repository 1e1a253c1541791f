/** What the nightly walk counted: facets of the inventory, and its readiness. */

import { bodyOf, client, type Schemas } from "./client";
import { inventoryKeys } from "./inventory";

export type InventorySummary = Schemas["InventorySummaryView"];
export type Readiness = Schemas["ReadinessView"];
export type Trait = Schemas["CertificateTrait"];
export type Renewer = Schemas["Renewer"];

/** Whose certificates are counted; of nobody in particular without both. */
export interface Counted {
  team?: string;
  owner?: string;
}

/** The count is nightly. */
const GOOD_FOR_MS = 300_000;

export function summaryQuery(wanted: Counted) {
  return {
    queryKey: [...inventoryKeys.all, "summary", wanted],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      bodyOf(client.GET("/api/v1/inventory/summary", { params: { query: wanted }, signal })) as Promise<InventorySummary>,
    staleTime: GOOD_FOR_MS,
  };
}

export function readinessQuery(wanted: Counted) {
  return {
    queryKey: [...inventoryKeys.all, "readiness", wanted],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      bodyOf(client.GET("/api/v1/inventory/readiness", { params: { query: wanted }, signal })) as Promise<Readiness>,
    staleTime: GOOD_FOR_MS,
  };
}
