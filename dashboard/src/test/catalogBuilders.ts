/** Catalog records as the API answers them; a test names only what it is about. */

import type { CatalogKind, Row } from "../api/catalog";
import type { Schemas } from "../api/client";

const AT = "2026-11-20T08:00:00Z";

const HEAD = { version: 1, created_at: AT, updated_at: AT };

export const CONSENT: Schemas["ConsentView"] = {
  source: "file",
  kinds: ["NGINX", "Files"],
  directories: ["/etc/nginx/certs"],
  any_directory: false,
  commands: [["nginx", "-t"]],
  any_command: false,
  owners: ["nginx"],
  any_owner: false,
  verify_addresses: ["127.0.0.1", "::1", "localhost"],
  any_verify_address: false,
  acm_arns: [],
  any_acm_arn: false,
};

const DEFAULTS: { [Kind in CatalogKind]: Omit<Row<Kind>, "id" | "name" | keyof typeof HEAD> } = {
  issuers: { type: "GenericCA", config: {}, enabled: true, last_contact: null },
  profiles: {
    description: "",
    extended_key_usages: ["serverAuth"],
    max_ttl_seconds: 17_280_000,
    keys: [],
    san_patterns: [],
    requires_approval: false,
    approvals_required: 1,
    no_rev_avail: false,
    subject: {},
    policies: [],
    teams: null,
  },
  "renewal-policies": {
    renewal_window_days: 30,
    auto_renew: true,
    max_retries: 3,
    retry_interval_seconds: 60,
    alert_thresholds_days: [30, 14, 7, 0],
    on_renewal: "renew",
  },
  owners: { team_id: "t-default", email: null, digest: "weekly", time_zone: "UTC" },
  teams: { description: "", email: null, allowed_names: ["*:*"], digest: "weekly", time_zone: "UTC" },
  targets: {
    team_id: "t-default",
    type: "NGINX",
    config: { certificate_path: "/etc/ssl/a.pem", key_path: "/etc/ssl/a.key" },
    agent_id: null,
    enabled: true,
    unfit: [],
    crl_report: null,
  },
  agents: {
    team_id: "t-default",
    status: "Online",
    hostname: "web-1.example.com",
    key_id: "key-agent",
    registered_at: AT,
    last_heartbeat_at: AT,
    next_contact_at: AT,
    agent_version: "1.2.0",
    os: "linux",
    architecture: "amd64",
    ip_address: "10.0.0.7",
    consent: CONSENT,
    enrolled_by: null,
  },
  "identity-providers": { type: "OIDC", issuer: "https://login.example.com", jwks: null, sign_in: null },
  "trust-rules": {
    provider_id: "idp-ci",
    service_account_id: "sa-shop",
    claims: [{ path: ["repository_id"], values: ["1296269"] }],
    audience: null,
    lifetime_seconds: 900,
    max_token_age_seconds: 3600,
    single_use: null,
    enabled: true,
    actions: null,
    names: null,
  },
  "service-accounts": {
    team_id: "t-default",
    description: "",
    grants: [{ role: "operator", teams: ["t-default"] }],
    enabled: true,
    issues_per_day: null,
  },
  users: {
    email: null,
    grants: [],
    enabled: true,
    provider_id: null,
    issuer: null,
    subject: null,
    rules: [],
    rule_grants: [],
    verified_at: null,
    keys_sleep_after_days: null,
  },
  "access-rules": { provider_id: "idp-okta", claim_path: ["groups"], values: ["pki"], role: "viewer", teams: "*" },
  policies: { type: "AllowedDomains", severity: "Error", config: { domains: ["*.example.com"] }, enabled: true, evaluation: null },
};

export function record<Kind extends CatalogKind>(kind: Kind, fields: Partial<Row<Kind>> & { id: string }): Row<Kind> {
  return { name: fields.id, ...HEAD, ...DEFAULTS[kind], ...fields } as unknown as Row<Kind>;
}
