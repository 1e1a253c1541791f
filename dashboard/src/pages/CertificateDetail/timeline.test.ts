import { expect, test } from "vitest";

import { auditEvent, job, notification } from "../../test/builders";
import { type Entry, merged, ofEvent, ofJob, ofNotification, withoutRepeats } from "./timeline";

const entry = (id: string, at: string): Entry => ({
  id,
  kind: "event",
  at,
  title: id,
  status: null,
  label: null,
  by: "",
  error: null,
  to: null,
  action: null,
  job: null,
});
const ids = (entries: Entry[]) => entries.map(({ id }) => id);

test("three lists become one, newest first", () => {
  const events = [entry("e2", "2026-11-24T12:00:00Z"), entry("e1", "2026-11-20T12:00:00Z")];
  const jobs = [entry("j1", "2026-11-22T12:00:00Z")];
  const sources = [events, jobs, []].map((entries) => ({ entries, hasMore: false }));
  expect(ids(merged(sources))).toEqual(["e2", "j1", "e1"]);
});

test("within a second the order is that of the ids' own time", () => {
  const at = "2026-11-24T12:00:00Z";
  const [events, jobs] = [[entry("aud-01b", at), entry("aud-01d", at)], [entry("job-01c", at)]];
  const sources = [events, jobs].map((entries) => ({ entries, hasMore: false }));
  expect(ids(merged(sources))).toEqual(["aud-01d", "job-01c", "aud-01b"]);
});

test("what is older than the end of an unfinished list waits, so that nothing is later put in between", () => {
  const events = [entry("e3", "2026-11-24T12:00:00Z"), entry("e2", "2026-11-22T12:00:00Z")];
  const jobs = [entry("j2", "2026-11-23T12:00:00Z"), entry("j1", "2026-11-10T12:00:00Z")];
  expect(
    ids(
      merged([
        { entries: events, hasMore: true },
        { entries: jobs, hasMore: false },
      ]),
    ),
  ).toEqual(["e3", "j2", "e2"]);
  expect(
    ids(
      merged([
        { entries: events, hasMore: false },
        { entries: jobs, hasMore: false },
      ]),
    ),
  ).toContain("j1");
});

test("each kind says what it is, who it is from and where it leads", () => {
  expect(ofEvent(auditEvent({ action: "certificate_csr_submitted", actor_name: "Ada" }))).toMatchObject({
    title: "CSR submitted",
    by: "Ada",
    to: null,
  });
  expect(ofJob(job({ id: "job-1", type: "Renewal", status: "Failed", last_error: "refused" }))).toMatchObject({
    title: "Renewal job",
    status: "Failed",
    error: "refused",
    to: "/jobs?open=job-1",
  });
  expect(ofJob(job({ requested_by: "ses-1", requested_by_name: "Ada" })).by).toBe("Ada");
  expect(ofNotification(notification({ id: "n-1", subject: "It expires", channel_id: "slack-default" }))).toMatchObject({
    title: "It expires",
    by: "slack-default",
    to: "/notifications?open=n-1",
  });
});

test("each act is there once: a job that completed is its event, one that failed or is open takes the place of its events", () => {
  const [begun, ended] = ["2026-11-24T12:00:00Z", "2026-11-24T12:00:09Z"];
  const requested = ofEvent(auditEvent({ id: "aud-1", action: "certificate_renewal_requested", timestamp: begun }));
  const issued = ofEvent(auditEvent({ id: "aud-2", action: "certificate_issued", timestamp: ended }));
  const failed = ofEvent(auditEvent({ id: "aud-3", action: "certificate_issuance_failed", timestamp: ended }));
  const renewal = (status: "Completed" | "Failed" | "Running") =>
    ofJob(job({ id: "job-1", type: "Renewal", status, created_at: begun, completed_at: status === "Running" ? null : ended }));
  expect(ids(withoutRepeats([issued, renewal("Completed"), requested]))).toEqual(["aud-2", "aud-1"]);
  expect(ids(withoutRepeats([failed, renewal("Failed"), requested]))).toEqual(["job-1"]);
  expect(ids(withoutRepeats([renewal("Running"), requested]))).toEqual(["job-1"]);
  // Without the audit trail the job is all there is.
  expect(ids(withoutRepeats([renewal("Completed")]))).toEqual(["job-1"]);
});

test("a line does not repeat the certificate's name", () => {
  const titleOf = (subject: string) => ofNotification(notification({ subject, certificate_name: "shop.example.com" })).title;
  expect(titleOf("Certificate shop.example.com was revoked")).toBe("Was revoked");
  expect(titleOf("shop.example.com expires in 14 days")).toBe("Expires in 14 days");
  expect(titleOf("Renewal of shop.example.com failed")).toBe("Renewal of shop.example.com failed");
});
