import { expect, test } from "vitest";

import { certificateDetails } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { planInWords } from "./planInWords";

const policy = record("renewal-policies", { id: "rp-default" });
const renewal = { renew_at: "2026-10-31T12:00:00Z", alert_at: null };

test("a plan says when it is renewed and when alerts are sent", () => {
  const plan = planInWords(certificateDetails({ renewal }), policy);
  expect(plan[0]).toContain("Renewed automatically from Oct 31, 2026");
  expect(plan[1]).toContain("30, 14, 7, 0 days before expiry");
});

test("whose key the next version has depends on the policy, and on an agent first", () => {
  expect(planInWords(certificateDetails({ renewal }), policy)[0]).toContain("with the same key");
  expect(planInWords(certificateDetails({ renewal }), { ...policy, on_renewal: "rekey" })[0]).toContain("a CSR with a new key");
  expect(planInWords(certificateDetails({ renewal, target_ids: ["t-1"] }), policy)[0]).toContain("a new key that its agent generates");
});

test("by hand, on hold, at work and before the first version it says so", () => {
  expect(planInWords(certificateDetails(), { ...policy, auto_renew: false, alert_thresholds_days: [] })).toEqual([
    "Not renewed automatically: renew it manually.",
    "No expiry alerts are sent.",
  ]);
  expect(planInWords(certificateDetails({ status: "OnHold" }), policy)[0]).toContain("on hold");
  expect(planInWords(certificateDetails({ open_job_id: "job-1", renewal }), policy)[0]).toContain("A job is in progress");
  expect(planInWords(certificateDetails({ expires_at: null }), policy)).toEqual(["Renewal is planned once the certificate is issued."]);
});
