import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { GRANTS, type Permission, type Role } from "./permissions";

const SOURCE = readFileSync("../layers/certctl/certctl/domain/access/permissions.py", "utf8");

function permissionsOfTheApi(): Map<string, string> {
  return new Map([...SOURCE.matchAll(/^ {4}([A-Z_]+) = "([a-z-]+(?::[a-z-]+)?)"$/gm)].map(([, name, value]) => [name ?? "", value ?? ""]));
}

/** The first table after the words. */
function tableAfter(words: string): string {
  return new RegExp(`${words}[\\s|a-z]*\\{([^}]*)\\}`).exec(SOURCE)?.[1] ?? "";
}

/** A team-admin has what an operator has, and an operator what a viewer has. */
const SHARED: Partial<Record<Role, readonly string[]>> = {
  viewer: ["viewer ="],
  operator: ["viewer =", "operator ="],
  "team-admin": ["viewer =", "operator ="],
};

function grantsOfTheApi(role: Role): string[] {
  const own = role === "viewer" || role === "operator" ? [] : [`Role\\.${role.toUpperCase().replace("-", "_")}:`];
  const tables = [...(SHARED[role] ?? []), ...own].map(tableAfter).join();
  const names = permissionsOfTheApi();
  return [...new Set([...tables.matchAll(/_P\.([A-Z_]+):/g)].map(([, name]) => names.get(name ?? "") ?? "?"))].sort();
}

function grantsHere(role: Role): string[] {
  const permissions = Object.keys(GRANTS) as Permission[];
  return permissions.filter((permission) => (GRANTS[permission] as readonly Role[]).includes(role)).sort();
}

test.each(["team-admin", "operator", "viewer", "auditor", "agent"] as const)(
  "what a key of role %s may do is what the API lets it",
  (role) => {
    expect(grantsHere(role)).toEqual(grantsOfTheApi(role));
  },
);

test("an administrator may do all that the API knows", () => {
  const all = [...permissionsOfTheApi().values()].filter((value) => value.includes(":") || value === "api-keys");
  expect(grantsHere("admin")).toEqual(all.sort());
});
