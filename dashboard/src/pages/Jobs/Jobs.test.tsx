// Read before the clock of the first test starts: the page is loaded lazily.
import "./Jobs";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, certificateDetails, job } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const running = (fields = {}) => job({ id: "job-1", status: "Running", certificate_id: "crt-1", completed_at: null, ...fields });
const waiting = (fields = {}) =>
  running({
    status: "AwaitingApproval",
    type: "Renewal",
    requested_by: "key-other",
    needs_approval: true,
    certificate_name: "Shop",
    ...fields,
  });

const inTable = async (text: string) => within(await screen.findByRole("table")).findByText(text);

test("jobs are listed with status, attempts and error, and the filters go to the API", async () => {
  api.jobs.push(job({ status: "Failed", attempts: 3, last_error: "The issuer did not answer." }), job({ type: "Deployment" }));
  renderAt("/jobs?status=Failed");
  expect(await screen.findByText("The issuer did not answer.")).toBeVisible();
  expect(screen.getByText("3 of 3")).toBeVisible();
  expect(screen.queryByRole("link", { name: "Deployment" })).not.toBeInTheDocument();
  expect(api.callsTo("GET", /^\/jobs$/)[0]?.query.get("status")).toBe("Failed");
});

test("more pages are read by cursor", async () => {
  api.jobs = Array.from({ length: 130 }, () => job());
  const { user } = renderAt("/jobs");
  expect(await screen.findByText("100 jobs so far")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Load more" }));
  expect(await screen.findByText("130 jobs")).toBeVisible();
  expect(
    api
      .callsTo("GET", /^\/jobs$/)
      .at(-1)
      ?.query.get("cursor"),
  ).toBe("100");
});

test("an open job is cancelled after a question", async () => {
  api.jobs.push(running());
  const { user } = renderAt("/jobs");
  await user.click(await screen.findByRole("button", { name: "Cancel Issuance of crt-1" }));
  const question = await openDialog("Cancel this job?");
  expect(within(question).getByRole("button", { name: "Keep job" })).toBeVisible();
  expect(within(question).queryByRole("button", { name: "Cancel" })).not.toBeInTheDocument();
  await user.click(within(question).getByRole("button", { name: "Cancel job" }));
  expect(await screen.findByText("Cancelled.")).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("button", { name: /^Cancel Issuance/ })).not.toBeInTheDocument());
});

test("a job that has just ended is not cancelled, and the question says why", async () => {
  api.jobs.push(running());
  const { user } = renderAt("/jobs");
  await user.click(await screen.findByRole("button", { name: "Cancel Issuance of crt-1" }));
  Object.assign(api.jobs[0] ?? {}, { status: "Completed" });
  await user.click(await screen.findByRole("button", { name: "Cancel job" }));
  expect(await screen.findByText("This job is Completed already.")).toBeVisible();
});

test.each([
  ["Approve", "Pending"],
  ["Reject", "Cancelled"],
])("a job that awaits approval: %s", async (mutation, status) => {
  api.jobs.push(waiting());
  api.certificates.push(
    certificate({ id: "crt-1", name: "Shop", common_name: "shop.example.com", sans: ["DNS:shop.example.com", "DNS:www.shop.example.com"] }),
  );
  const { user } = renderAt("/jobs");
  await user.click(await screen.findByRole("button", { name: `${mutation} Renewal of crt-1` }));
  const question = await openDialog(`${mutation} the renewal of Shop`);
  for (const text of ["Deploy bot", "DNS:www.shop.example.com", "ECDSA P-256", "ab".repeat(32)])
    expect(await within(question).findByText(text)).toBeVisible();
  expect(within(question).getByText("Complies with every policy at this time.")).toBeVisible();
  await expectAccessible(question);
  await user.click(within(question).getByRole("button", { name: `${mutation} renewal` }));
  await waitFor(() => expect(api.jobs[0]?.status).toBe(status));
});

test("what the checks would refuse is said before, and is not approved", async () => {
  api.jobs.push(waiting());
  api.certificates.push(certificate({ id: "crt-1" }));
  const finding = {
    policy_id: "p-dom",
    policy_name: "Our domains",
    severity: "Error" as const,
    message: "a.example.net is in none of the domains",
    refuses: true,
  };
  api.approval = { policies: [finding], problems: [{ field: "issuer_id", message: "the issuer is disabled" }] };
  const { user } = renderAt("/jobs");
  await user.click(await screen.findByRole("button", { name: "Approve Renewal of crt-1" }));
  const question = await openDialog("Approve the renewal of Shop");
  const findings = within(await within(question).findByRole("list", { name: "Findings" })).getAllByRole("listitem");
  expect(findings.map((item) => item.textContent)).toEqual([
    "the issuer is disabled",
    "Error Our domains: a.example.net is in none of the domains",
  ]);
  expect(within(question).getByRole("button", { name: "Approve renewal" })).toBeDisabled();
});

test("an owner's other key cannot approve either, and sees so", async () => {
  api.jobs.push(waiting());
  api.certificates.push(certificate({ id: "crt-1" }));
  api.approval = { is_requested_by_caller: true, obstacle: "You cannot approve a job that you requested or whose CSR you supplied." };
  const { user } = renderAt("/jobs");
  await user.click(await screen.findByRole("button", { name: "Approve Renewal of crt-1" }));
  const question = await openDialog("Approve the renewal of Shop");
  expect(await within(question).findByText("You cannot approve a job that you requested or whose CSR you supplied.")).toBeVisible();
  expect(within(question).getByRole("button", { name: "Approve renewal" })).toBeDisabled();
});

test("the requester of a job sees that another must approve it", async () => {
  api.jobs.push(waiting({ requested_by: "key-admin" }));
  const { user } = renderAt("/jobs");
  const approve = await screen.findByRole("button", { name: "Approve" });
  expect(approve).toHaveAttribute("aria-disabled", "true");
  await user.click(approve);
  // jsdom has no layout to place it in.
  expect(await screen.findByRole("tooltip", { hidden: true })).toHaveTextContent("You cannot approve a job that you requested.");
  expect(api.callsTo("POST", /approve/)).toEqual([]);
});

test("a job that needs several approvals says how many it has", async () => {
  api.jobs.push(waiting({ approvals_required: 2, approvals_given: 1 }), waiting({ id: "job-2", approvals_required: 1 }));
  renderAt("/jobs");
  expect(await inTable("1 of 2 approvals")).toBeVisible();
  expect(screen.queryByText("0 of 1 approvals")).not.toBeInTheDocument();
});

test("viewers cancel and approve nothing", async () => {
  api.actAs("viewer");
  api.jobs.push(running(), waiting({ id: "job-2" }));
  renderAt("/jobs");
  expect(await inTable("Awaiting approval")).toBeVisible();
  for (const name of [/^Cancel/, /^Approve/, /^Reject/]) expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
});

test("the drawer tells everything of one job", async () => {
  api.jobs.push(running({ target_id: "tgt-1", last_error: "timed out" }));
  const { user } = renderAt("/jobs");
  await user.click(await screen.findByRole("link", { name: "Issuance" }));
  const drawer = await openDialog("Issuance");
  for (const text of ["tgt-1", "timed out", "job-1", "1 of 3"]) expect(within(drawer).getByText(text)).toBeVisible();
  await expectAccessible(drawer);
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("link", { name: "Issuance" })).toHaveFocus();
});

test("a deployment names and links the target, and its type can be filtered by", async () => {
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Shop front" }));
  api.jobs.push(job({ type: "Deployment", target_id: "tgt-1", certificate_name: "shop.example.com" }), job({ type: "Settlement" }));
  const { user } = renderAt("/jobs");
  expect(await screen.findByRole("link", { name: "Shop front" })).toHaveAttribute("href", "/targets?open=tgt-1");
  expect(screen.getByRole("link", { name: "shop.example.com" })).toBeVisible();
  await choose(user, screen.getByRole("combobox", { name: "Type" }), "Settlement");
  await waitFor(() =>
    expect(
      api
        .callsTo("GET", /^\/jobs$/)
        .at(-1)
        ?.query.get("type"),
    ).toBe("Settlement"),
  );
});

test("a failed deployment is deployed again, with its duration and its requester by name", async () => {
  const certificate = certificateDetails({ id: "crt-1" });
  api.certificates.push(certificate);
  const times = { created_at: "2026-11-20T10:00:00Z", started_at: "2026-11-20T10:00:05Z", completed_at: "2026-11-20T10:00:47Z" };
  api.jobs.push(
    job({
      id: "job-9",
      type: "Deployment",
      status: "Failed",
      certificate_id: "crt-1",
      target_id: "tgt-1",
      requested_by: "key-admin",
      ...times,
    }),
  );
  const { user } = renderAt("/jobs?open=job-9");
  const drawer = await screen.findByRole("dialog", { name: "Deployment" });
  expect(await within(drawer).findByText("42 seconds")).toBeInTheDocument();
  expect(await within(drawer).findByText("first admin")).toBeInTheDocument();
  await user.click(within(drawer).getByRole("button", { name: "Deploy again" }));
  const question = await openDialog("Deploy again?");
  await user.click(within(question).getByRole("button", { name: "Deploy" }));
  expect(await screen.findByText("1 deployment requested")).toBeInTheDocument();
  expect(api.callsTo("POST", /^\/certificates\/crt-1\/deploy$/)[0]?.body).toEqual({ target_ids: ["tgt-1"] });
});

test("who may not read accounts sees the requester by the name in the job", async () => {
  api.actAs("viewer");
  api.jobs.push(Object.assign(running({ requested_by: "ses-1" }), { requested_by_name: "Ada" }));
  renderAt("/jobs?open=job-1");
  const drawer = await screen.findByRole("dialog", { name: "Issuance" });
  expect(await within(drawer).findByText("Ada")).toBeInTheDocument();
});

test("without jobs it says what will be here, and a failure can be tried again", async () => {
  api.failNext("GET", /^\/jobs$/, 503, "Busy.", 3);
  const { user } = renderAt("/jobs");
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No jobs yet")).toBeVisible();
});

test("the page is accessible", async () => {
  api.jobs.push(running(), waiting({ id: "job-2" }), job({ last_error: "cancelled by key-1", status: "Cancelled" }));
  const { container } = renderAt("/jobs");
  expect(await inTable("Awaiting approval")).toBeVisible();
  await expectAccessible(container);
});
