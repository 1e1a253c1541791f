import { expect, test } from "vitest";

import { urgencyOf } from "./Expiry";

const NOW = Date.parse("2026-11-24T12:00:00Z");

test.each([
  ["Expired", "2026-11-24T12:00:00Z", "expired"],
  ["Expiring", "2026-11-24T12:00:01Z", "urgent"],
  ["Active", "2026-11-27T11:59:59Z", "urgent"],
  ["Expiring", "2026-11-27T12:00:00Z", "none"],
  ["OnHold", "2026-11-20T12:00:00Z", "expired"],
  ["Revoked", "2026-11-20T12:00:00Z", "none"],
  ["Archived", "2026-11-25T12:00:00Z", "none"],
  ["Pending", null, "none"],
] as const)("%s until %s is %s", (status, expires_at, urgency) => {
  expect(urgencyOf({ status, expires_at }, NOW)).toBe(urgency);
});
