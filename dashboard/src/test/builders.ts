/** Records as the API answers them; a test names only what it is about. */

import type { Schemas } from "../api/client";
import { certificateFields } from "../api/recordFields";
import { wireTime } from "../api/wireTime";

const AT = "2026-11-20T08:00:00Z";
let sequence = 0;

function next(prefix: string): string {
  sequence += 1;
  return `${prefix}-${String(sequence).padStart(4, "0")}`;
}

/** Wire time so many days (or a part of one) from now. */
export function daysFromNow(days: number): string {
  return wireTime(Date.now() + days * 86_400_000);
}

export function apiKey(fields: Partial<Schemas["ApiKeyView"]> = {}): Schemas["ApiKeyView"] {
  return {
    id: next("key"),
    name: "a key",
    role: "operator",
    teams: ["t-default"],
    owner_id: null,
    agent_id: null,
    subject_id: null,
    created_at: AT,
    expires_at: null,
    last_used_at: null,
    revoked_at: null,
    made_by: null,
    parent_id: null,
    leaked_at: null,
    actions: null,
    names: null,
    asleep: false,
    ...fields,
  };
}

export function userSession(fields: Partial<Schemas["UserSessionView"]> = {}): Schemas["UserSessionView"] {
  return {
    id: next("ses"),
    client: "browser",
    created_at: AT,
    expires_at: AT,
    sign_in: null,
    key_id: null,
    parent_id: null,
    limits: [],
    current: false,
    ...fields,
  };
}

/** Fields that no test is about. */
const UNSET = Object.fromEntries(certificateFields.map(({ name }) => [name, null])) as unknown as Schemas["CertificateView"];

export function certificate(fields: Partial<Schemas["CertificateView"]> = {}): Schemas["CertificateView"] {
  const id = fields.id ?? next("crt");
  const commonName = fields.common_name ?? `${id}.example.com`;
  return {
    ...UNSET,
    id,
    name: commonName,
    common_name: commonName,
    sans: [`DNS:${commonName}`],
    environment: "production",
    owner_id: "o-default",
    team_id: "t-default",
    issuer_id: "iss-local",
    renewal_policy_id: "rp-default",
    profile_id: "server",
    target_ids: [],
    subject: {},
    status: "Active",
    renewal_state: "idle",
    serial_number: "0a:1b:2c",
    key_type: "ECDSA-P256",
    expires_at: daysFromNow(90),
    tags: {},
    version: 1,
    created_at: AT,
    updated_at: AT,
    ...fields,
  };
}

export function certificateDetails(fields: Partial<Schemas["CertificateDetailsView"]> = {}): Schemas["CertificateDetailsView"] {
  return {
    ...certificate(fields),
    renewal: { renew_at: daysFromNow(60), alert_at: daysFromNow(60) },
    revocation: null,
    campaigns: [],
    acme_client: null,
    ...fields,
  };
}

const LEAF_PEM = "-----BEGIN CERTIFICATE-----\nbGVhZg==\n-----END CERTIFICATE-----\n";
export const CA_PEM = "-----BEGIN CERTIFICATE-----\nYXV0aG9yaXR5\n-----END CERTIFICATE-----\n";

export function version(fields: Partial<Schemas["VersionView"]> = {}): Schemas["VersionView"] {
  return {
    id: next("ver"),
    certificate_id: "crt-0001",
    serial_number: "0a:1b:2c",
    ca_id: "ca-1",
    not_before: daysFromNow(-10),
    not_after: daysFromNow(80),
    fingerprint_sha256: "AB:CD:EF",
    no_rev_avail: false,
    pem_chain: LEAF_PEM + CA_PEM,
    csr_pem: "",
    created_at: daysFromNow(-10),
    ...fields,
  };
}

export function job(fields: Partial<Schemas["JobView"]> = {}): Schemas["JobView"] {
  return {
    id: next("job"),
    type: "Issuance",
    certificate_id: "crt-0001",
    certificate_name: null,
    target_id: null,
    agent_id: null,
    team_id: "t-default",
    status: "Completed",
    attempts: 1,
    max_attempts: 3,
    last_error: null,
    requested_by: "key-admin",
    requested_by_name: null,
    needs_approval: false,
    approvals_required: 0,
    approvals_given: 0,
    approved_by: null,
    scheduled_at: AT,
    started_at: AT,
    completed_at: AT,
    created_at: AT,
    ...fields,
  };
}

export function approval(fields: Partial<Schemas["ApprovalView"]> = {}): Schemas["ApprovalView"] {
  const csr = {
    common_name: "crt-0001.example.com",
    names: ["DNS:crt-0001.example.com"],
    key_type: "ECDSA-P256",
    key_sha256: "ab".repeat(32),
    ignored_extensions: [],
    ignored_subject: [],
  };
  return {
    requested_by_name: "Deploy bot",
    approved_by_name: null,
    given: [],
    is_requested_by_caller: false,
    obstacle: null,
    csr,
    problems: [],
    policies: [],
    ...fields,
  };
}

export function deployment(fields: Partial<Schemas["DeploymentView"]> = {}): Schemas["DeploymentView"] {
  return {
    job_id: next("job"),
    target_id: "tgt-1",
    agent_id: "agt-1",
    serial_number: "0a:1b:2c",
    status: "Completed",
    attempts: 1,
    max_attempts: 3,
    last_error: null,
    created_at: AT,
    started_at: AT,
    completed_at: AT,
    ...fields,
  };
}

export function violation(fields: Partial<Schemas["ViolationView"]> = {}): Schemas["ViolationView"] {
  return {
    id: next("vio"),
    policy_id: "pol-1",
    policy_name: "Our domains",
    certificate_id: "crt-0001",
    common_name: "crt-0001.example.com",
    team_id: "t-default",
    severity: "Warning",
    message: "crt-0001.example.com is of none of the allowed domains.",
    refused: false,
    occurrences: 1,
    created_at: AT,
    last_seen_at: AT,
    state: "open",
    policy_version: 1,
    ended_at: null,
    end_reason: null,
    ...fields,
  };
}

export function attempt(fields: Partial<Schemas["AttemptView"]> = {}): Schemas["AttemptView"] {
  return { n: 1, at: AT, outcome: "retryable", status_code: 503, duration_ms: 120, error: "HTTP 503", ...fields };
}

export function notification(fields: Partial<Schemas["NotificationView"]> = {}): Schemas["NotificationView"] {
  return {
    id: next("notif"),
    type: "ExpirationWarning",
    severity: "warning",
    action: "trigger",
    status: "sent",
    channel: "Slack",
    channel_id: "slack-default",
    certificate_id: "crt-0001",
    certificate_name: null,
    team_id: "t-default",
    job_id: null,
    recipient: "#alerts",
    subject: "crt-0001 expires in 14 days",
    message: "crt-0001.example.com expires in 14 days.",
    dedup_key: "crt-0001/ExpirationWarning",
    epoch: 1,
    attempts: [],
    retry_count: 0,
    max_attempts: 5,
    dead_because: null,
    throttle_count: 0,
    outcome: null,
    folded_into: null,
    last_error: null,
    next_retry_at: null,
    created_at: AT,
    queued_at: AT,
    sent_at: AT,
    dead_at: null,
    read_at: null,
    ...fields,
  };
}

export function channel(fields: Partial<Schemas["ChannelView"]> = {}): Schemas["ChannelView"] {
  return {
    id: "slack-default",
    kind: "Slack",
    origin: "configuration",
    enabled: true,
    settings: { url: "ref:slack", channel: "#alerts" },
    team_id: null,
    state: "closed",
    since: null,
    last_error: null,
    paused_until: null,
    disabled: null,
    warnings: [],
    version: null,
    created_at: null,
    updated_at: null,
    ...fields,
  };
}

export function auditEvent(fields: Partial<Schemas["AuditEventView"]> = {}): Schemas["AuditEventView"] {
  const { action = "certificate_created", actor_name = "Ada", resource_name = "shop.example.com" } = fields;
  return {
    id: next("aud"),
    actor: "key-admin",
    actor_type: "User",
    resource_type: "certificate",
    resource_id: "crt-0001",
    team_id: "t-default",
    timestamp: AT,
    details: {},
    kind: fields.resource_type === "api" ? "calls" : "changes",
    credential_name: null,
    sentence: `${actor_name} ${action.replaceAll("_", " ")} ${resource_name ?? ""}`,
    ...{ ...fields, action, actor_name, resource_name },
  };
}
