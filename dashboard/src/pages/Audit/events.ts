/** Audit events in words. */

import type { AuditEvent } from "../../api/audit";

const API_CALL = "api";

/** An API call is described by method, path and status; every other event by its action. */
export function titleOf({ action, resource_type, resource_id, details }: AuditEvent): string {
  if (resource_type !== API_CALL) return inWords(action);
  const method = typeof details.method === "string" ? details.method : action.replace("api_", "").toUpperCase();
  return `${method} ${resource_id}`;
}

/** The HTTP status of an API call. */
export function statusOf({ resource_type, details }: AuditEvent): number | null {
  return resource_type === API_CALL && typeof details.status === "number" ? details.status : null;
}

/** The key, session or token that was used; null for the system, anonymous callers and older events. */
export function credentialOf({ details }: AuditEvent): { id: string; kind: string } | null {
  const used = details.credential;
  if (typeof used !== "object" || used === null || !("id" in used) || !("kind" in used)) return null;
  return { id: String(used.id), kind: String(used.kind) };
}

export function inWords(name: string): string {
  const words = name.replaceAll("_", " ").replace(/\b(api|ca|csr)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const PAGES_OF: Readonly<Record<string, string>> = { campaign: "campaigns", certificate: "certificates" };

/** The page that shows the resource, where there is one. */
export function pageOf({ resource_type, resource_id }: AuditEvent): string | null {
  const path = PAGES_OF[resource_type];
  return path === undefined ? null : `/${path}/${encodeURIComponent(resource_id)}`;
}
