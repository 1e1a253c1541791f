/** Who may do what: the table of layers/certctl/certctl/domain/access/permissions.py, which a test compares. What
 *  the key in use may do, the API says; this tells what a role would grant that one gives to a new key. */

import type { Schemas } from "./client";

export type Role = Schemas["Role"];

const EVERYONE_BUT_AGENTS = ["admin", "team-admin", "operator", "viewer", "auditor"] as const;
const WORKERS = ["admin", "team-admin", "operator"] as const;
const TEAM_ADMINS = ["admin", "team-admin"] as const;
const ADMIN = ["admin"] as const;
const AGENTS = ["admin", "agent"] as const;

export const GRANTS = {
  "certificates:read": EVERYONE_BUT_AGENTS,
  "certificates:write": WORKERS,
  "certificates:submit-csr": WORKERS,
  "certificates:revoke": WORKERS,
  "certificates:unhold": ADMIN,
  "certificates:bulk-revoke": ADMIN,
  "campaigns:read": ["admin", "auditor"],
  "campaigns:write": ADMIN,
  "inventory:read": EVERYONE_BUT_AGENTS,
  "inventory:write": WORKERS,
  "endpoints:write": WORKERS,
  "acme:read": EVERYONE_BUT_AGENTS,
  "acme:write": TEAM_ADMINS,
  "acme:revoke": WORKERS,
  "jobs:read": EVERYONE_BUT_AGENTS,
  "jobs:cancel": WORKERS,
  "jobs:approve": WORKERS,
  "catalog:read": EVERYONE_BUT_AGENTS,
  "team-records:read": EVERYONE_BUT_AGENTS,
  "catalog:write": ADMIN,
  "owners:write": TEAM_ADMINS,
  "names:write": ADMIN,
  "targets:write": WORKERS,
  "agents:write": WORKERS,
  "channels:read": EVERYONE_BUT_AGENTS,
  "channels:write": ADMIN,
  "channels:test": WORKERS,
  "notifications:read": EVERYONE_BUT_AGENTS,
  "notifications:write": WORKERS,
  "stats:read": EVERYONE_BUT_AGENTS,
  "audit:read": ["admin", "team-admin", "operator", "auditor"],
  "audit:export": ["admin", "auditor"],
  "api-keys": EVERYONE_BUT_AGENTS,
  "api-keys:rotate": AGENTS,
  "agent:work": AGENTS,
  "identity:write": ADMIN,
  "access-rules:write": TEAM_ADMINS,
  "trust-rules:write": TEAM_ADMINS,
  "service-accounts:write": TEAM_ADMINS,
  "users:read": ["admin", "auditor"],
  "users:write": ADMIN,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof GRANTS;
