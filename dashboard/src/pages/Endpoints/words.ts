/** What endpoints, their findings and their history are called. */

import { type Endpoint, type EndpointChange, type Expected, type Finding, PUBLIC_PROBER, type Starttls } from "../../api/endpoints";
import type { Tone } from "../../components/StatusBadge";

/** docs/endpoints.md. */
export const FINDINGS: Record<Finding, { label: string; why: string }> = {
  stale: { label: "Stale", why: "An older version than the newest one is served: it was renewed, and not reloaded." },
  unexpected: { label: "Unexpected", why: "The certificate is no version of the record, or not of the expected issuer." },
  name_mismatch: { label: "Name mismatch", why: "The certificate does not have the name that clients ask for." },
  chain_incomplete: { label: "Chain incomplete", why: "Issuers that clients need are not sent." },
  untrusted: { label: "Untrusted", why: "No path leads to a public root or to a CA of this stack." },
  weak: { label: "Weak", why: "The key is too short, or the signature uses SHA-1 or MD5." },
  old_protocol: { label: "Old protocol", why: "TLS 1.1 or older is accepted." },
  revoked: { label: "Revoked", why: "The certificate has been revoked." },
  unreachable: { label: "Unreachable", why: "No address shows a certificate." },
};

export const ANY_FINDING = "any";

export const FINDING_OPTIONS = [
  { value: ANY_FINDING, label: "Any" },
  ...Object.entries(FINDINGS).map(([value, { label }]) => ({ value, label })),
];

export const SEVERITY_TONES: Record<Endpoint["findings"][number]["severity"], Tone> = { critical: "bad", warning: "warn", info: "idle" };

export const EXPECTED: Record<Expected, string> = {
  version: "The newest version of its certificates",
  issuer: "Any valid certificate of an issuer",
  any_valid: "Any valid certificate",
};

export const STARTTLS: Record<Starttls, string> = {
  smtp: "SMTP",
  imap: "IMAP",
  ldap: "LDAP",
  postgres: "PostgreSQL",
  mysql: "MySQL or MariaDB",
};

const CHANGES: Record<string, string> = {
  raised: "raised",
  reopened: "back",
  worsened: "now critical",
  lasting: "lasts",
  resolved: "resolved",
};

export function findingLabel(finding: string): string {
  return finding in FINDINGS ? FINDINGS[finding as Finding].label : finding;
}

/** "shop.example.com:443"; an IPv6 address is in brackets. */
export function placeOf({ host, port }: Pick<Endpoint, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** "Stale: resolved". */
export function changeWords({ change, finding }: Pick<EndpointChange, "change" | "finding">): string {
  if (finding === null) return "Other certificates are served";
  return `${findingLabel(finding)}: ${CHANGES[change] ?? change}`;
}

/** Those of an incident that are not named: of other teams, or beyond the first 20. */
export function otherEndpoints(count: number): string {
  return count === 1 ? "1 endpoint that is not listed" : `${count} endpoints that are not listed`;
}

export function isPublic({ prober }: Pick<Endpoint, "prober">): boolean {
  return prober === PUBLIC_PROBER;
}
