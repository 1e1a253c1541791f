import { bodyOf, client, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";
import type { operations } from "./schema";

export type AuditEvent = Schemas["AuditEventView"];
export type SealState = Schemas["SealStateView"];
export type AuditFilters = Omit<NonNullable<operations["export_audit_events"]["parameters"]["query"]>, "cursor">;

const ROWS = 100;
const NEXT_CURSOR = "X-Next-Cursor";

export const auditKeys = {
  all: ["audit"] as const,
  list: (filters: AuditFilters) => ["audit", "list", filters] as const,
  one: (id: string) => ["audit", "one", id] as const,
  seals: ["audit", "seals"] as const,
};

/** Newest first. */
export function listAuditEvents(filters: AuditFilters, { cursor, signal }: PageRequest, rows = ROWS): Promise<Page<AuditEvent>> {
  const query = { ...filters, per_page: rows, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/audit", { params: { query }, signal }));
}

export function getAuditEvent(id: string, signal: AbortSignal): Promise<AuditEvent> {
  return bodyOf(client.GET("/api/v1/audit/{event_id}", { params: { path: { event_id: id } }, signal }));
}

/** The newest seal; null before the first one. It is 404 then, which browsers report as an error: unless one is known, it is
 *  looked for in the list first. */
export async function readSealState(isSealed: boolean, signal: AbortSignal): Promise<SealState | null> {
  if (!isSealed) {
    const { data } = await bodyOf(client.GET("/api/v1/audit/seals", { params: { query: { per_page: 1 } }, signal }));
    if (data.length === 0) return null;
  }
  return bodyOf(client.GET("/api/v1/audit/verify", { signal }));
}

interface ExportedPage {
  /** JSON Lines of `event`, the stored text, and `proof`; each ends with a line feed. */
  lines: string;
  nextCursor: string | null;
}

export async function exportAuditEvents(filters: AuditFilters, { cursor, signal }: PageRequest): Promise<ExportedPage> {
  const query = { ...filters, ...(cursor !== undefined && { cursor }) };
  const { data, response } = await client.GET("/api/v1/audit/export", { params: { query }, signal, parseAs: "text" });
  return { lines: data ?? "", nextCursor: response.headers.get(NEXT_CURSOR) };
}
