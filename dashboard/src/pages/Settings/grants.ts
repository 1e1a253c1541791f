/** Which roles a key may give to a new one: `may_grant` of layers/certctl/certctl/domain/access/permissions.py. */

import { GRANTS, type Permission, type Role } from "../../api/permissions";

export const ROLE_LABELS: Record<Role, string> = {
  admin: "Administrator: everything",
  "team-admin": "Team admin: an operator who also manages the keys of their teams",
  operator: "Operator: manages the certificates, jobs and notifications of their teams",
  auditor: "Auditor: reads everything and exports the audit trail",
  viewer: "Viewer: read-only",
  agent: "Agent: deploys certificates to targets",
};

export function permissionsOf(role: Role): Permission[] {
  const all = Object.keys(GRANTS) as Permission[];
  return all.filter((permission) => (GRANTS[permission] as readonly Role[]).includes(role));
}

function mayGrant(granter: Role, granted: Role): boolean {
  if (granter === "admin") return true;
  if (granted === "admin" || granted === "team-admin") return false;
  const own = permissionsOf(granter);
  return permissionsOf(granted).every((permission) => own.includes(permission));
}

export function grantableRoles(granter: Role): Role[] {
  return (Object.keys(ROLE_LABELS) as Role[]).filter((role) => mayGrant(granter, role));
}
