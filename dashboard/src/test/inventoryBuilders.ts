/** Observed certificates, their places and endpoints as the API answers them. */

import type { Schemas } from "../api/client";
import { daysFromNow } from "./builders";

const AT = "2026-11-20T08:00:00Z";
export const FINGERPRINT = "9f".repeat(32);

export function observed(fields: Partial<Schemas["ObservedCertificateDetailView"]> = {}): Schemas["ObservedCertificateDetailView"] {
  const first_name = fields.first_name ?? "shop.example.com";
  return {
    fingerprint: FINGERPRINT,
    first_name,
    names: [first_name],
    name_count: 1,
    subject: `CN=${first_name}`,
    issuer: "CN=Example CA,O=Example",
    serial_number: "0a1b2c",
    spki_sha256: "ab".repeat(32),
    key_algorithm: "RSA",
    key_bits: 2048,
    signature_algorithm: "SHA-256 with RSA",
    not_before: daysFromNow(-10),
    not_after: daysFromNow(80),
    is_ca: false,
    is_self_signed: false,
    has_wildcard: false,
    trust: "unknown",
    status: "Unmanaged",
    sightings: 1,
    certificate_id: null,
    superseded_by: null,
    renewed_by: null,
    team_id: "t-default",
    owner_id: "o-default",
    tags: {},
    first_seen_at: AT,
    gone_at: null,
    pem: null,
    places: [],
    ...fields,
  };
}

export function sighting(fields: Partial<Schemas["SightingView"]> = {}): Schemas["SightingView"] {
  return {
    place: "file:/etc/ssl/shop.pem#1",
    scope_id: "scp-1",
    team_id: "t-default",
    chain: [],
    renewed_by: null,
    seen_at: AT,
    ...fields,
  };
}

export function source(fields: Partial<Schemas["SourceView"]> = {}): Schemas["SourceView"] {
  const scope = {
    id: "scp-1",
    label: "web-1",
    team_id: "t-default",
    places: 1,
    interval_seconds: null,
    complete_at: null,
    last_seen_at: null,
    failing_since: null,
    failure: null,
    is_silent: false,
  };
  return { id: "src-1", kind: "upload", name: "uploads", team_id: "t-default", created_at: AT, scopes: [scope], ...fields };
}

export function endpoint(fields: Partial<Schemas["EndpointView"]> = {}): Schemas["EndpointView"] {
  return {
    id: "ep-1",
    host: "shop.example.com",
    port: 443,
    server_name: "",
    starttls: null,
    prober: "public",
    team_id: "t-default",
    owner_id: "o-default",
    certificate_ids: [],
    expected: "any_valid",
    expected_issuer: "",
    findings: [],
    showing: [],
    created_at: AT,
    changed_at: null,
    agent_host: null,
    target_id: null,
    deployed_at: null,
    ...fields,
  };
}

export function endpointFinding(fields: Partial<Schemas["EndpointFindingView"]> = {}): Schemas["EndpointFindingView"] {
  return { finding: "stale", certificate_id: "mc-1", severity: "warning", since: AT, addresses: ["192.0.2.1"], ...fields };
}

export function endpointIncident(fields: Partial<Schemas["IncidentView"]> = {}): Schemas["IncidentView"] {
  return {
    finding: "stale",
    certificate_id: "mc-1",
    severity: "warning",
    opened_at: AT,
    closed_at: null,
    reopened_at: null,
    has_alert: true,
    endpoints: 1,
    named: [{ endpoint_id: "ep-1", name: "shop.example.com:443", severity: "warning" }],
    ...fields,
  };
}

export function endpointChange(fields: Partial<Schemas["EndpointChangeView"]> = {}): Schemas["EndpointChangeView"] {
  return {
    at: AT,
    change: "raised",
    finding: "stale",
    certificate_id: "mc-1",
    addresses: ["192.0.2.1"],
    fingerprints: [FINGERPRINT],
    ...fields,
  };
}
