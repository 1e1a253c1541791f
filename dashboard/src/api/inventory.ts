import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Page, type Schemas } from "./client";
import { MOST_ROWS_A_PAGE } from "./everyRow";
import type { PageRequest } from "./paging";
import type { operations } from "./schema";

export type Observed = Schemas["ObservedCertificateView"];
export type ObservedDetails = Schemas["ObservedCertificateDetailView"];
export type ObservedStatus = Schemas["ObservedStatus"];
export type Sighting = Schemas["SightingView"];
export type Import = Schemas["ImportView"];
export type ImportChunk = Schemas["ImportChunkView"];
export type ImportedCertificate = Schemas["ImportedCertificateBody"];
export type ObservedFilters = Omit<NonNullable<operations["list_observed_certificates"]["parameters"]["query"]>, "cursor" | "per_page">;

/** The first page is there soon; who reads on reads faster. */
const [FIRST_ROWS, MORE_ROWS] = [100, MOST_ROWS_A_PAGE];
const SCOPES_GOOD_FOR_MS = 300_000;

export const inventoryKeys = {
  all: ["inventory"] as const,
  list: (filters: ObservedFilters) => ["inventory", "list", filters] as const,
  one: (fingerprint: string) => ["inventory", "one", fingerprint] as const,
  places: (fingerprint: string) => ["inventory", "places", fingerprint] as const,
};

export function listObserved(filters: ObservedFilters, { cursor, signal }: PageRequest): Promise<Page<Observed>> {
  return bodyOf(client.GET("/api/v1/inventory/certificates", { params: { query: { ...filters, ...rowsFrom(cursor) } }, signal }));
}

/** By the beginning of a name, a serial number or a fingerprint. */
export function searchObserved(q: string, most: number, signal: AbortSignal): Promise<Page<Observed>> {
  return bodyOf(client.GET("/api/v1/inventory/certificates", { params: { query: { q, per_page: most } }, signal }));
}

/** Whether a certificate was found, or an endpoint is probed. */
export async function hasInventory(signal: AbortSignal): Promise<boolean> {
  const params = { query: { per_page: 1 } };
  const pages = await Promise.all([
    bodyOf(client.GET("/api/v1/inventory/certificates", { params, signal })),
    bodyOf(client.GET("/api/v1/endpoints", { params, signal })),
  ]);
  return pages.some(({ data, next_cursor }) => data.length > 0 || next_cursor !== null);
}

export function getObserved(fingerprint: string, signal: AbortSignal): Promise<ObservedDetails> {
  return bodyOf(client.GET("/api/v1/inventory/certificates/{fingerprint}", { params: { path: { fingerprint } }, signal }));
}

/** What the body lacks stays as it is; an empty owner means none. */
export function changeObserved(fingerprint: string, body: Schemas["ObservedBelongingBody"]): Promise<Observed> {
  return bodyOf(client.PUT("/api/v1/inventory/certificates/{fingerprint}", { params: { path: { fingerprint } }, body }));
}

export function listPlaces(fingerprint: string, { cursor, signal }: PageRequest): Promise<Page<Sighting>> {
  const params = { path: { fingerprint }, query: rowsFrom(cursor) };
  return bodyOf(client.GET("/api/v1/inventory/certificates/{fingerprint}/places", { params, signal }));
}

function rowsFrom(cursor: string | undefined) {
  return cursor === undefined ? { per_page: FIRST_ROWS } : { per_page: MORE_ROWS, cursor };
}

/** Who reports a scope, by the scope's id, of all sources that one page has. */
export function useReporters(): (scopeId: string) => string {
  const { data } = useQuery({
    queryKey: [...inventoryKeys.all, "reporters"],
    queryFn: async ({ signal }) => {
      const page = await bodyOf(client.GET("/api/v1/inventory/sources", { params: { query: { per_page: MOST_ROWS_A_PAGE } }, signal }));
      return new Map(page.data.flatMap(({ name, scopes }) => scopes.map(({ id, label }) => [id, label === "" ? name : label] as const)));
    },
    staleTime: SCOPES_GOOD_FOR_MS,
    retry: false,
  });
  return (scopeId) => data?.get(scopeId) ?? scopeId;
}

export function beginImport(body: Schemas["ImportBody"], attempt: string): Promise<Import> {
  return bodyOf(client.POST("/api/v1/inventory/imports", { body, params: { header: { "Idempotency-Key": attempt } } }));
}

/** Sending a chunk again changes nothing. */
export function sendImportChunk(id: string, number: number, certificates: ImportedCertificate[]): Promise<ImportChunk> {
  const path = { import_id: id, number };
  return bodyOf(client.PUT("/api/v1/inventory/imports/{import_id}/chunks/{number}", { body: { certificates }, params: { path } }));
}

export function completeImport(id: string): Promise<Import> {
  return bodyOf(client.POST("/api/v1/inventory/imports/{import_id}/complete", { params: { path: { import_id: id } } }));
}
