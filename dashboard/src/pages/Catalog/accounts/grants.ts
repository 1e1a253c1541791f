/** Roles of an account, each with its teams: in the form as lines like those of the command line, "operator:t-shop,t-web". */

import type { Schemas } from "../../../api/client";
import type { Role } from "../../../api/permissions";
import { ALL } from "../../../components/catalog/CatalogSelect";
import type { Codec } from "../codec";

export type RoleGrant = Schemas["RoleGrantView"];

/** `teams` are IDs, or ALL alone. */
export interface GrantDraft {
  role: Role;
  teams: readonly string[];
}

export function lineOf({ role, teams }: GrantDraft): string {
  return `${role}:${teams.join(",")}`;
}

export function grantOf(line: string): GrantDraft {
  const [role = "", teams = ""] = line.split(":");
  return { role: role as Role, teams: teams === "" ? [] : teams.split(",") };
}

export function isWithoutTeams(line: string): boolean {
  return grantOf(line).teams.length === 0;
}

export const GRANTS_IN_LINES: Codec = {
  read: (json) =>
    Array.isArray(json) ? (json as RoleGrant[]).map(({ role, teams }) => lineOf({ role, teams: teams === ALL ? [ALL] : teams })) : [],
  write: (lines) => lines.map(grantOf).map(({ role, teams }) => ({ role, teams: teams[0] === ALL ? ALL : [...teams] })),
};

/** Each role once: with all the teams of the grants that have it. */
export function rolesOf(grants: readonly RoleGrant[]): Role[] {
  return [...new Set(grants.map(({ role }) => role))];
}
