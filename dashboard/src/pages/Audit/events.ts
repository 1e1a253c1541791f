/** Audit events in words. */

import type { AuditEvent } from "../../api/audit";

const API_CALL = "api";

/** The fields that are stored and hashed; the API adds names and the sentence. */
const RECORDED = ["id", "actor", "actor_type", "action", "resource_type", "resource_id", "team_id", "details", "timestamp"] as const;

export function asRecorded(event: AuditEvent): Pick<AuditEvent, (typeof RECORDED)[number]> {
  return Object.fromEntries(RECORDED.map((name) => [name, event[name]])) as Pick<AuditEvent, (typeof RECORDED)[number]>;
}

/** The credential, below the sentence: whose key it was may differ from who acted. */
export function credentialText(event: AuditEvent): string | null {
  const credential = credentialOf(event);
  if (credential === null) return null;
  const name = event.credential_name;
  return name === null || name === event.actor_name ? credential.kind : `${credential.kind} ${name}`;
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
  const words = name.replaceAll("_", " ").replace(/\b(api|ca|crl|csr|ocsp)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const PAGES_OF: Readonly<Record<string, string>> = { campaign: "campaigns", certificate: "certificates" };

/** The page that shows the resource, where there is one. */
export function pageOf({ resource_type, resource_id }: AuditEvent): string | null {
  const path = PAGES_OF[resource_type];
  return path === undefined ? null : `/${path}/${encodeURIComponent(resource_id)}`;
}
