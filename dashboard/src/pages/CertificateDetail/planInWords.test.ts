import { expect, test } from "vitest";

import { certificate } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { dueAt, planInWords } from "./planInWords";

const policy = record("renewal-policies", { id: "rp-default" });
const BEGINS = "2026-09-01T12:00:00Z";
const ENDS = "2026-11-30T12:00:00Z";

test("the window begins so many days before the end, and never before two thirds of the lifetime", () => {
  expect(dueAt(ENDS, BEGINS, { renewal_window_days: 20 })).toBe("2026-11-10T12:00:00.000Z");
  expect(dueAt(ENDS, BEGINS, { renewal_window_days: 90 })).toBe("2026-10-31T12:00:00.000Z");
});

test("a plan says when it is renewed and when people are told", () => {
  const plan = planInWords(certificate({ expires_at: ENDS }), policy, BEGINS);
  expect(plan[0]).toContain("Renewed automatically from Oct 31, 2026");
  expect(plan[1]).toContain("30, 14, 7, 0 days before the end");
});

test("by hand, on hold and before the first version it says so", () => {
  expect(planInWords(certificate(), { ...policy, auto_renew: false, alert_thresholds_days: [] }, BEGINS)).toEqual([
    "Not renewed automatically: somebody has to.",
    "Nobody is told that it expires.",
  ]);
  expect(planInWords(certificate({ status: "OnHold" }), policy, BEGINS)[0]).toContain("on hold");
  expect(planInWords(certificate({ expires_at: null }), policy, null)).toEqual(["It is planned once the certificate is issued."]);
});
