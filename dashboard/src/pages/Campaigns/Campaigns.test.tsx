// Read before the clock of the first test starts: the pages are loaded lazily.
import "../Jobs/Jobs";
import "./Campaign";
import "./Campaigns";
import "./NewCampaign";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { authority } from "../../test/authorityBuilders";
import { certificate, daysFromNow, job } from "../../test/builders";
import { campaign, campaignItem, itemsIn, SPKI } from "../../test/campaignBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

test("campaigns are listed with their progress", async () => {
  api.campaigns.push(
    campaign(),
    campaign({
      id: "cmp-2",
      selection: { ca_id: "ca-1", algorithm: "RSA" },
      reason: "superseded",
      state: "completed",
      counts: { revoked: 2, failed: 1 },
    }),
  );
  const { container } = renderAt("/campaigns");
  const row = (await screen.findByRole("link", { name: "CA ca-1 · RSA keys" })).closest("tr");
  expect(row).toHaveTextContent(/Superseded.*Completed.*2 of 3.*1/);
  expect(screen.getByRole("link", { name: /^Key 3f2a1b4c5d6e…/ })).toHaveAttribute("href", "/campaigns/cmp-1");
  await expectAccessible(container);
});

test("who may only read is offered nothing else", async () => {
  api.actAs("auditor");
  api.campaigns.push(campaign());
  api.campaignItems.set("cmp-1", itemsIn("deployed"));
  renderAt("/campaigns/cmp-1");
  expect(await screen.findByRole("link", { name: "host-1.example.com" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /Pause|Cancel|Verify/ })).not.toBeInTheDocument();
});

test("an auditor reads who requested a campaign and who verified a certificate by name", async () => {
  api.actAs("auditor");
  api.campaigns.push(campaign({ requested_by: "usr-1", requested_by_name: "Ada" }));
  api.campaignItems.set("cmp-1", [campaignItem({ state: "verified", verified_by: "usr-2", verified_by_name: "Grace" })]);
  renderAt("/campaigns/cmp-1");
  expect(await screen.findByText("Ada")).toBeVisible();
  expect(await screen.findByText("Grace")).toBeVisible();
});

test("who may not read campaigns is told so", async () => {
  api.actAs("operator");
  renderAt("/campaigns");
  expect(await screen.findByRole("heading", { level: 1 })).toBeVisible();
  expect(screen.queryByRole("table")).not.toBeInTheDocument();
});

test("a campaign is found, looked at, confirmed by its number, and runs", async () => {
  api.certificates.push(certificate({ id: "mc-a", name: "a.example.com" }), certificate({ id: "mc-b", name: "b.example.com" }));
  const { user } = renderAt(`/campaigns/new?spki=${SPKI}&reason=keyCompromise`);
  expect(await screen.findByRole("textbox", { name: "Key" })).toHaveValue(SPKI);
  await user.click(screen.getByRole("radio", { name: "Revoke old versions that are left" }));
  await user.click(screen.getByRole("button", { name: "Find certificates" }));
  expect(await screen.findByText("2 certificates found")).toBeVisible();
  expect(await screen.findByRole("link", { name: "a.example.com" })).toBeVisible();
  const [sent] = api.callsTo("POST", /campaigns$/);
  expect(sent?.body).toEqual({ selection: { spki_sha256: SPKI }, reason: "keyCompromise", on_deadline: "revoke", deadline_hours: 24 });

  await user.click(screen.getByRole("button", { name: "Start for 2 certificates" }));
  const question = await openDialog("Replace 2 certificates?");
  expect(question).toHaveTextContent("After 24 hours: Old versions that are left are revoked, even where they are still in use.");
  await user.type(within(question).getByRole("textbox"), "replace 2");
  await user.click(within(question).getByRole("button", { name: "Start campaign" }));
  expect(await screen.findByText("Running")).toBeVisible();
  expect(api.callsTo("POST", /confirm$/)[0]?.body).toEqual({ confirm: 2 });
});

test("a form without a choice, a reason or a real hash is not sent", async () => {
  const { user } = renderAt("/campaigns/new");
  await user.click(await screen.findByRole("button", { name: "Find certificates" }));
  expect(await screen.findByText("Choose at least one.")).toBeVisible();
  expect(screen.getByText("Choose a reason.")).toBeVisible();
  await user.type(screen.getByRole("textbox", { name: "Key" }), "beef");
  await user.click(screen.getByRole("button", { name: "Find certificates" }));
  expect(await screen.findByText("Enter 64 hex digits.")).toBeVisible();
  expect(api.callsTo("POST", /campaigns/)).toEqual([]);
});

test("revoking at the deadline is for compromised keys only", async () => {
  const { user, container } = renderAt("/campaigns/new?ca=ca-1&reason=superseded");
  expect(await screen.findByRole("radio", { name: "Revoke old versions that are left" })).toBeDisabled();
  await user.click(screen.getByRole("radio", { name: "Key compromise" }));
  expect(screen.getByRole("radio", { name: "Revoke old versions that are left" })).toBeEnabled();
  await expectAccessible(container);
});

test("a CA, an algorithm and named certificates narrow the choice together", async () => {
  api.authorities.push(authority());
  const { user } = renderAt("/campaigns/new?certificate=mc-1&reason=superseded");
  await choose(user, await screen.findByRole("combobox", { name: "CA" }), /Example Issuing CA 1/);
  await choose(user, screen.getByRole("combobox", { name: "Algorithm" }), "RSA 2048");
  await user.click(screen.getByRole("button", { name: "Find certificates" }));
  await waitFor(() => expect(api.callsTo("POST", /campaigns$/)).toHaveLength(1));
  expect(api.callsTo("POST", /campaigns$/)[0]?.body).toMatchObject({
    selection: { certificate_ids: ["mc-1"], ca_id: "ca-1", algorithm: "RSA-2048" },
    on_deadline: "alert",
  });
});

test("each state's number opens a list of that length, which says what blocks each", async () => {
  const items = itemsIn("rekeying", "deployed", "deployed", "failed", "revoked", "skipped");
  api.campaigns.push(campaign({ total: 6, counts: { rekeying: 1, deployed: 2, failed: 1, revoked: 1, skipped: 1 } }));
  api.campaignItems.set("cmp-1", items);
  const { user, container } = renderAt("/campaigns/cmp-1");
  expect(await screen.findByText("2 of 6 done")).toBeVisible();
  const table = await screen.findByRole("table", { name: "certificates" });
  expect(within(table).getByText(/A CSR with a new key/)).toBeVisible();
  expect(within(table).getByText(/the handshake shows another certificate/)).toBeVisible();
  await expectAccessible(container);
  const states = within(screen.getByRole("list", { name: "Certificates by state" }));
  await user.click(states.getByRole("button", { name: /Deployed/ }));
  expect(states.getByRole("button", { name: /Deployed/ })).toHaveTextContent("2");
  await waitFor(() => expect(screen.getByRole("table", { name: "certificates" })).toHaveAttribute("aria-rowcount", "3"));
});

test("a person verifies a deployed certificate after a question", async () => {
  api.campaigns.push(campaign());
  api.campaignItems.set("cmp-1", itemsIn("rekeying", "deployed"));
  const { user } = renderAt("/campaigns/cmp-1");
  const verify = await screen.findByRole("button", { name: "Verify host-2.example.com" });
  expect(screen.queryByRole("button", { name: "Verify host-1.example.com" })).not.toBeInTheDocument();
  await user.click(verify);
  const question = await openDialog("Verify host-2.example.com?");
  expect(question).toHaveTextContent("version 0c1 is in use");
  await user.click(within(question).getByRole("button", { name: "Verify and revoke" }));
  await waitFor(() => expect(api.callsTo("POST", /mc-2\/verify$/)).toHaveLength(1));
  expect(await screen.findByText(/Verified by/)).toHaveTextContent("Verified by first admin. Revocation of the old versions");
});

test("it is paused and resumed, each after a question", async () => {
  api.campaigns.push(campaign());
  const { user } = renderAt("/campaigns/cmp-1");
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  await user.click(within(await openDialog("Pause this campaign?")).getByRole("button", { name: "Pause campaign" }));
  expect(await screen.findByText("This campaign is paused")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await user.click(within(await openDialog("Resume this campaign?")).getByRole("button", { name: "Resume campaign" }));
  expect(await screen.findByText("Running")).toBeVisible();
});

test("it is cancelled after a question that says what stays", async () => {
  api.campaigns.push(campaign());
  const { user } = renderAt("/campaigns/cmp-1");
  await user.click(await screen.findByRole("button", { name: "Cancel campaign" }));
  const question = await openDialog("Cancel this campaign?");
  expect(question).toHaveTextContent("2 certificates keep their old versions");
  await user.click(within(question).getByRole("button", { name: "Cancel campaign" }));
  expect(await screen.findByText("Cancelled")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Cancel campaign" })).not.toBeInTheDocument();
});

test("a refusal stays in the question", async () => {
  api.campaigns.push(campaign());
  api.failNext("POST", /pause$/, 409, "A campaign that is completed cannot be paused.");
  const { user } = renderAt("/campaigns/cmp-1");
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  const question = await openDialog("Pause this campaign?");
  await user.click(within(question).getByRole("button", { name: "Pause campaign" }));
  expect(await within(question).findByText("A campaign that is completed cannot be paused.")).toBeVisible();
});

test("resuming past a deadline that revokes says what it does", async () => {
  api.campaigns.push(campaign({ state: "paused", on_deadline: "revoke", deadline: daysFromNow(-0.1) }));
  const { user } = renderAt("/campaigns/cmp-1");
  await user.click(await screen.findByRole("button", { name: "Resume" }));
  expect(await openDialog("Resume this campaign?")).toHaveTextContent("old versions that are left are revoked now");
});

test.each([
  [campaign({ state: "finding", total: 250, counts: { found: 250 } }), "250 certificates so far."],
  [campaign({ state: "unconfirmed", total: 0, counts: {} }), "No certificates found"],
  [
    campaign({ state: "unconfirmed", total: 2, counts: { found: 2 }, error: "1 were confirmed, 2 were found; confirm this number" }),
    "1 were confirmed, 2 were found",
  ],
  [campaign({ deadline: daysFromNow(-1) }), "2 certificates left. Their old versions stay valid until they are replaced."],
  [campaign({ deadline: daysFromNow(-1), on_deadline: "revoke" }), "Their old versions are being revoked."],
  [
    campaign({ state: "failed", error: "it lasted for 90 days", ended_at: daysFromNow(-1) }),
    "it lasted for 90 days. 2 certificates still have valid old versions",
  ],
])("what the reader should know first is at the top: %#", async (one, words) => {
  api.campaigns.push(one);
  renderAt("/campaigns/cmp-1");
  expect((await screen.findAllByText(words, { exact: false }))[0]).toBeVisible();
});

test("nothing can be started if nothing was found", async () => {
  api.campaigns.push(campaign({ state: "unconfirmed", total: 0, counts: {}, confirmed_at: null }));
  renderAt("/campaigns/cmp-1");
  expect(await screen.findByRole("button", { name: "Cancel campaign" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Start/ })).not.toBeInTheDocument();
});

test("an unknown campaign says so", async () => {
  renderAt("/campaigns/cmp-none");
  expect(await screen.findByText("Campaign not found")).toBeVisible();
});

test("a CA's page leads to a campaign for what it issued", async () => {
  api.authorities.push(authority());
  const { user } = renderAt("/cas/ca-1");
  await user.click(await screen.findByRole("link", { name: "Start a campaign" }));
  expect(await screen.findByRole("combobox", { name: "CA" })).toHaveValue("Example Issuing CA 1 (ca-1)");
});

test("an item that nobody can help yet has no button", async () => {
  api.campaigns.push(campaign({ state: "completed" }));
  api.campaignItems.set("cmp-1", [campaignItem({ state: "failed", new_serial_number: "0c", error: "the deployment is Failed" })]);
  renderAt("/campaigns/cmp-1");
  expect(await screen.findByText("the deployment is Failed")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Verify/ })).not.toBeInTheDocument();
});

test("the job of a campaign leads to it, and is not cancelled by itself", async () => {
  api.campaigns.push(campaign());
  api.jobs.push(job({ id: "job-1", type: "Campaign", status: "Pending", certificate_id: null, team_id: null, completed_at: null }));
  renderAt("/jobs?open=job-1");
  const drawer = await openDialog("Campaign");
  expect(within(drawer).getByRole("link", { name: "cmp-1" })).toHaveAttribute("href", "/campaigns/cmp-1");
  expect(screen.queryByRole("button", { name: /^Cancel/ })).not.toBeInTheDocument();
});
