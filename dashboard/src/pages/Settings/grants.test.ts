import { expect, test } from "vitest";

import type { Role } from "../../api/permissions";
import { grantableRoles } from "./grants";

/** As `may_grant` answers for every pair. */
const EXPECTED: [Role, Role[]][] = [
  ["admin", ["admin", "team-admin", "operator", "auditor", "viewer", "agent"]],
  ["team-admin", ["operator", "viewer"]],
  ["operator", ["operator", "viewer"]],
  ["auditor", ["auditor", "viewer"]],
  ["viewer", ["viewer"]],
  ["agent", ["agent"]],
];

test.each(EXPECTED)("a key of role %s may make keys of these roles", (granter, granted) => {
  expect(grantableRoles(granter)).toEqual(granted);
});
