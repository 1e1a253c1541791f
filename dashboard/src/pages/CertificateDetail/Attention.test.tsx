import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, daysFromNow, deployment, job } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { problem } from "../../test/fakeApi";
import { renderAt } from "../../test/render";
import { api, server } from "../../test/server";

const ID = "crt-shop";
const NAME = "shop.example.com";

function given(fields: Parameters<typeof certificate>[0] = {}) {
  api.certificates.push(certificate({ id: ID, name: NAME, common_name: NAME, ...fields }));
}

async function opened() {
  const rendered = renderAt(`/certificates/${ID}`);
  await screen.findByRole("heading", { level: 1, name: NAME });
  const press = async (name: string) => rendered.user.click(await screen.findByRole("button", { name }));
  return { ...rendered, press };
}

test.each(["Edit", "Renew", "Hold", "Revoke"])(
  "closing the dialog of %s returns the focus to its button; opening it focuses its first field",
  async (name) => {
    given();
    const { user, press } = await opened();
    await press(name);
    const dialog = await screen.findByRole("dialog");
    await waitFor(() => expect(dialog).toContainElement(document.activeElement as HTMLElement));
    expect(document.activeElement).not.toHaveAccessibleName("Close");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByRole("button", { name })).toHaveFocus();
  },
);

test("the focus goes to the heading once the action has taken its button away", async () => {
  given();
  const { press } = await opened();
  await press("Hold");
  await press("Put on hold");
  await screen.findByRole("button", { name: "End the hold" });
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 })).toHaveFocus());
});

test("a renewal that policies refuse says for which names and why", async () => {
  given();
  const errors = [{ field: "policies.p-dom", message: "Our domains (Error): shop.example.com is in none of the allowed domains" }];
  server.use(http.post("*/renew", () => problem(422, "Refused by the policy Our domains.", errors)));
  const { user, press } = await opened();
  await press("Renew");
  await user.click(await screen.findByRole("radio", { name: /^Submit the CSR later/ }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Renew" }));
  const reasons = within(await screen.findByRole("list", { name: "Reasons" })).getAllByRole("listitem");
  expect(reasons.map((item) => item.textContent)).toEqual(["Our domains (Error): shop.example.com is in none of the allowed domains"]);
});

test("a certificate that awaits approval says so, with the requester, and is approved there", async () => {
  given({ status: "Pending", open_job_id: "job-1", expires_at: null });
  api.jobs.push(
    job({
      id: "job-1",
      certificate_id: ID,
      certificate_name: NAME,
      status: "AwaitingApproval",
      needs_approval: true,
      requested_by: "key-x",
      completed_at: null,
    }),
  );
  const { press } = await opened();
  expect(await screen.findByText("The issuance awaits approval")).toBeVisible();
  expect(screen.getByText("Deploy bot")).toBeVisible();
  await press("Approve…");
  const dialog = await screen.findByRole("dialog");
  const approve = within(dialog).getByRole("button", { name: "Approve issuance" });
  await waitFor(() => expect(approve).toBeEnabled());
  approve.click();
  await waitFor(() => expect(api.jobs[0]?.status).toBe("Pending"));
});

test("who requested it is told that somebody else must approve it", async () => {
  given({ status: "Pending", open_job_id: "job-1", expires_at: null });
  api.approval = { is_requested_by_caller: true, obstacle: "You cannot approve a job that you requested or whose CSR you supplied." };
  api.jobs.push(job({ id: "job-1", certificate_id: ID, status: "AwaitingApproval", needs_approval: true, completed_at: null }));
  await opened();
  expect(await screen.findByText(/You cannot approve a job that you requested/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Approve…" })).toBeNull();
});

test("a stuck renewal says what its job waits for", async () => {
  given({ status: "Expiring", expires_at: daysFromNow(4), renewal_state: "in_progress", open_job_id: "job-1" });
  api.jobs.push(
    job({
      id: "job-1",
      certificate_id: ID,
      type: "Renewal",
      status: "Pending",
      attempts: 2,
      last_error: "KMS is down",
      completed_at: null,
    }),
  );
  await opened();
  expect(await screen.findByText("The renewal is stuck")).toBeVisible();
  expect(await screen.findByText(/A renewal is in progress: attempt 2 of 3, last failure: KMS is down/)).toBeVisible();
});

test("a version that its target does not serve is said at the top, with the reason and the next act", async () => {
  given({ target_ids: ["tgt-1"], serial_number: "0a" });
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Web 1", agent_id: "agt-1" }));
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "host-1" }));
  api.deployments.push(deployment({ serial_number: "0a", status: "Failed", last_error: "nginx -t failed (rolled back)" }));
  const { press } = await opened();
  expect(await screen.findByText("The current version is not deployed")).toBeVisible();
  expect(await screen.findByText(/failed: nginx -t failed\./)).toBeVisible();
  await press("Deploy now");
  expect(await screen.findByRole("dialog")).toBeVisible();
});

test("an expired certificate says so at the top of its page, and why its renewal failed", async () => {
  given({ status: "Expired", expires_at: daysFromNow(-5), renewal_state: "failed", renewal_error: "no signing request came within 1 day" });
  await opened();
  const banner = await screen.findByRole("alert");
  expect(within(banner).getByText("This certificate has expired")).toBeVisible();
  expect(banner).toHaveTextContent("It expired 5 days ago. The last renewal failed: no signing request came within 1 day.");
  expect(screen.getByText("Renewal failed")).toBeVisible();
  await expectAccessible(document.body);
});

test.each([
  [{ status: "Expired", expires_at: daysFromNow(-1.1), renewal_state: "in_progress" }, /has expired.*A renewal is in progress/],
  [
    { status: "Expiring", expires_at: daysFromNow(0.6), renewal_state: "idle", urgency: "critical" },
    /about to expire.*It expires in 14 hours.*No renewal is in progress/,
  ],
  [
    { status: "Expiring", expires_at: daysFromNow(20), renewal_state: "failed", renewal_error: "KMS is down" },
    /last renewal failed.*KMS is down/,
  ],
  [{ status: "Expired", expires_at: daysFromNow(-2), renewal_state: "failed", renewal_error: null }, /The last renewal failed\. View jobs/],
  [
    { status: "Failed", expires_at: null, serial_number: null, renewal_state: "failed", renewal_error: "refused" },
    /No certificate was issued.*The issuance failed: refused/,
  ],
] as const)("what is wrong is in one banner: %o", async (fields, text) => {
  given(fields);
  await opened();
  expect(await screen.findByRole("alert")).toHaveTextContent(text);
});

test("what is in order has no banner", async () => {
  given();
  await opened();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a revoked certificate says so, why, and what replaces it", async () => {
  given({
    status: "Revoked",
    revoked_at: "2026-11-20T08:00:00Z",
    revocation_reason: "superseded",
    expires_at: daysFromNow(-1),
    renewal_state: "idle",
  });
  await opened();
  const banner = await screen.findByRole("alert");
  expect(banner).toHaveTextContent(/This certificate is revoked.*superseded/);
  expect(within(banner).getByRole("link", { name: "Request a new certificate" })).toHaveAttribute(
    "href",
    expect.stringMatching(/^\/certificates\/new\?from=crt-/),
  );
});

test.each([
  [60, /keeps its names for a limited time.*can be renewed unchanged until/],
  [-1, /can no longer be renewed.*could be renewed unchanged until/],
] as const)("a certificate that is exempt from its team's names says until when: %s days", async (days, text) => {
  given({ names_exempt_until: daysFromNow(days), team_id: "t-pay" });
  await opened();
  const banner = (await screen.findByText(/may no longer have all of its names/)).closest('[role="status"]');
  expect(banner).toHaveTextContent(text);
  await expectAccessible(document.body);
});
