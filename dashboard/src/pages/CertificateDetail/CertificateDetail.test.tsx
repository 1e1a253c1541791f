import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { auditEvent, certificate, job, notification, version } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { CSR, ISSUING_CA, LEAF } from "../../test/pem";
import { renderAt } from "../../test/render";
import { api, server } from "../../test/server";

const ID = "crt-shop";
const NAME = "shop.example.com";
const REVOKE = /revoke$/;

function given(fields: Parameters<typeof certificate>[0] = {}) {
  api.certificates.push(certificate({ id: ID, name: NAME, common_name: NAME, ...fields }));
}

async function opened() {
  const rendered = renderAt(`/certificates/${ID}`);
  await screen.findByRole("heading", { level: 1, name: NAME });
  const press = async (name: string) => rendered.user.click(await screen.findByRole("button", { name }));
  return { ...rendered, press };
}

test("it shows the certificate's facts, names and tags", async () => {
  given({ sans: [`DNS:${NAME}`, "IP:192.0.2.1"], tags: { tier: "1" }, team_id: "t-web" });
  await opened();
  expect(await screen.findByText("t-web")).toBeVisible();
  expect(within(screen.getByRole("list", { name: "Names" })).getByText("IP:192.0.2.1")).toBeVisible();
  expect(screen.getByText("tier=1")).toBeVisible();
});

test("the header has the key that is stored, or that of a certificate of an earlier release itself", async () => {
  given({ key_type: "RSA-3072", serial_number: "0a" });
  const { unmount } = await opened();
  const header = () => within(screen.getByRole("list", { name: "Key facts" }));
  expect(header().getByText("RSA 3072")).toBeVisible();
  unmount();
  Object.assign(api.certificates[0] ?? {}, { key_type: null });
  api.versions.push(version({ certificate_id: ID, serial_number: "0a", pem_chain: LEAF }));
  await opened();
  expect(await header().findByText("ECDSA P-256")).toBeVisible();
});

test("team, targets and renewal policy are named and lead to their records, and the plan is told", async () => {
  given({ team_id: "t-pay", target_ids: ["tgt-1"] });
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Web 1" }));
  api.catalog["renewal-policies"].push(record("renewal-policies", { id: "rp-default", name: "Default" }));
  await opened();
  expect(await screen.findByRole("link", { name: "Payments" })).toHaveAttribute("href", "/teams?open=t-pay");
  const targets = await screen.findByRole("list", { name: "Targets" });
  expect(await within(targets).findByRole("link", { name: "Web 1" })).toHaveAttribute("href", "/targets?open=tgt-1");
  expect(await screen.findByText(/Renewed automatically from .* with a new key that its agent generates/)).toBeVisible();
});

test("only what was changed is sent, with the version that was read", async () => {
  given({ version: 4, tags: { tier: "1" } });
  api.catalog.owners.push(record("owners", { id: "o-ada", name: "Ada" }));
  const { user, press } = await opened();
  await press("Edit");
  const form = await screen.findByRole("dialog");
  await choose(user, within(form).getByRole("combobox", { name: /^Owner/ }), "Ada (o-ada)");
  await user.clear(within(form).getByRole("textbox", { name: /^Environment/ }));
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const [call] = api.callsTo("PUT", /^\/certificates\/crt-shop$/);
  expect(call?.headers.get("If-Match")).toBe('"4"');
  expect(call?.body).toEqual({ owner_id: "o-ada", environment: "" });
});

test("an edit that was overtaken says so, and starts again from what is stored", async () => {
  given();
  const { user, press } = await opened();
  await press("Edit");
  const form = await screen.findByRole("dialog");
  Object.assign(api.certificates[0] ?? {}, { environment: "staging", version: 2 });
  const name = within(form).getByRole("textbox", { name: /^Name/ });
  await user.type(name, "2");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  expect(await within(form).findByText(/version 2 now/)).toBeVisible();
  await user.click(within(form).getByRole("button", { name: "Reload it" }));
  expect(await within(form).findByDisplayValue("staging")).toBeVisible();
});

test("versions show their state, their chain in words and as PEM", async () => {
  given({ serial_number: "0a" });
  api.versions.push(
    version({ certificate_id: ID, serial_number: "0a", pem_chain: LEAF + ISSUING_CA }),
    version({
      certificate_id: ID,
      serial_number: "09",
      revoked_at: "2026-11-01T00:00:00Z",
      revocation_reason: "superseded",
      issuer_revocation: "pending",
    }),
  );
  const { press } = await opened();
  expect(await screen.findByText("Current")).toBeVisible();
  expect(await screen.findByText("not confirmed yet")).toBeInTheDocument();
  expect(screen.getAllByText("Revoked").length).toBeGreaterThan(0);
  const chain = await screen.findByRole("list", { name: "Chain" });
  expect(
    within(chain)
      .getAllByRole("listitem")
      .map((item) => item.textContent),
  ).toEqual([expect.stringContaining("Issued by Test Issuing CA"), expect.stringContaining("Test Issuing CA")]);
  await press("Show PEM");
  expect(screen.getByText(/BEGIN CERTIFICATE/).textContent).toBe(LEAF + ISSUING_CA);
});

test("revoking needs a reason, is sent once it is confirmed, and the page shows the new status", async () => {
  given();
  const { user, press } = await opened();
  await press("Revoke");
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByRole("button", { name: "Revoke certificate" })).toBeDisabled();
  await user.click(within(dialog).getByRole("radio", { name: "Superseded" }));
  await press("Revoke certificate");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(api.callsTo("POST", REVOKE)[0]?.body).toEqual({ reason: "superseded" });
  expect(await within(screen.getByRole("main")).findByText("Revoked")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Renew" })).toBeNull();
});

test("a revocation says what it hits, and takes a ticket", async () => {
  given({ serial_number: "0a", target_ids: ["tgt-1"] });
  api.versions.push(version({ certificate_id: ID, serial_number: "0a" }));
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Web 1" }));
  api.preview = { ...api.preview, destinations: [{ channel_id: "ch-ops", kind: "Slack", recipient: "ch-ops" }] };
  const { user, press } = await opened();
  await press("Revoke");
  const dialog = await screen.findByRole("dialog");
  const impact = within(dialog).getByRole("list", { name: "What it hits" });
  expect(await within(impact).findByText("1 valid version.")).toBeVisible();
  expect(await within(impact).findByText("Alert to ch-ops (Slack).")).toBeVisible();
  expect(impact).toHaveTextContent("1 target, ");
  await user.click(within(dialog).getByRole("radio", { name: "Superseded" }));
  await user.type(within(dialog).getByLabelText("Ticket"), "=1");
  expect(within(dialog).getByRole("button", { name: "Revoke certificate" })).toBeDisabled();
  await user.clear(within(dialog).getByLabelText("Ticket"));
  await user.type(within(dialog).getByLabelText("Ticket"), "INC-7");
  await press("Revoke certificate");
  await waitFor(() => expect(api.callsTo("POST", REVOKE)[0]?.body).toEqual({ reason: "superseded", ticket: "INC-7" }));
});

test("a certificate is archived on its page once its valid versions have an answer", async () => {
  given({ version: 3 });
  const { user, press } = await opened();
  await press("Archive");
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByRole("button", { name: "Archive certificate" })).toBeDisabled();
  await user.click(within(dialog).getByRole("radio", { name: "Stay valid until they expire" }));
  await press("Archive certificate");
  await waitFor(() => expect(api.callsTo("DELETE", /crt-shop$/)[0]?.query.get("keep_valid")).toBe("true"));
});

test("for a key compromise the name must be typed", async () => {
  given();
  const { user, press } = await opened();
  await press("Revoke");
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("radio", { name: "Key compromise" }));
  const confirm = within(dialog).getByRole("button", { name: "Revoke certificate" });
  expect(confirm).toBeDisabled();
  await user.click(within(dialog).getByLabelText(`Type ${NAME} to confirm`));
  await user.paste("shop.example.co");
  expect(confirm).toBeDisabled();
  await user.keyboard("m{Enter}");
  await waitFor(() => expect(api.callsTo("POST", REVOKE)[0]?.body).toEqual({ reason: "keyCompromise" }));
});

test("other certificates with the compromised key are named", async () => {
  given();
  const revoked = {
    status: "revoked",
    serial_numbers: ["0a"],
    unchecked_serial_numbers: [],
    other_certificates: ["crt-mail"],
    refused_keys: ["ab", "cd"],
    more_keys_follow: true,
  };
  server.use(http.post("*/revoke", () => Response.json(revoked)));
  const { user, press } = await opened();
  await press("Revoke");
  await user.click(await screen.findByRole("radio", { name: "Unspecified" }));
  await press("Revoke certificate");
  expect(await screen.findByText(/same key is used by crt-mail/)).toBeVisible();
  expect(screen.getByText(/No more certificates are issued for its 2 keys; further keys follow/)).toBeVisible();
});

test("a revocation that clients do not look for says so", async () => {
  given();
  const revoked = {
    status: "revoked",
    serial_numbers: ["0a"],
    unchecked_serial_numbers: ["0a"],
    other_certificates: [],
    refused_keys: [],
    more_keys_follow: false,
  };
  server.use(http.post("*/revoke", () => Response.json(revoked)));
  const { user, press } = await opened();
  await press("Revoke");
  await user.click(await screen.findByRole("radio", { name: "Unspecified" }));
  await press("Revoke certificate");
  expect(await screen.findByText("Clients do not check it (noRevAvail) and accept 1 version until it expires.")).toBeVisible();
});

test("a refused revocation says why and changes nothing", async () => {
  given();
  api.failNext("POST", REVOKE, 409, "It is being renewed.");
  const { user, press } = await opened();
  await press("Revoke");
  await user.click(await screen.findByRole("radio", { name: "Superseded" }));
  await press("Revoke certificate");
  expect(await screen.findByText("It is being renewed.")).toBeVisible();
  expect(screen.getByRole("dialog")).toBeVisible();
  expect(within(screen.getByRole("main", { hidden: true })).getByText("Active")).toBeInTheDocument();
});

test("a hold can be set, and ended by an administrator", async () => {
  given();
  const { press } = await opened();
  await press("Hold");
  await press("Put on hold");
  expect(api.callsTo("POST", REVOKE)[0]?.body).toEqual({ reason: "certificateHold" });
  await press("End hold");
  const dialog = await screen.findByRole("dialog");
  within(dialog).getByRole("button", { name: "End hold" }).click();
  await waitFor(() => expect(api.callsTo("POST", /unhold$/)).toHaveLength(1));
  expect(await screen.findByRole("button", { name: "Hold" })).toBeVisible();
});

test("an operator cannot end a hold, a viewer can do nothing", async () => {
  given({ status: "OnHold", revocation_reason: "certificateHold", revoked_at: "2026-11-20T08:00:00Z" });
  api.actAs("operator");
  const { unmount } = await opened();
  expect(await screen.findByRole("button", { name: "Revoke" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "End hold" })).toBeNull();
  unmount();
  api.actAs("viewer");
  await opened();
  await screen.findByText("Timeline");
  for (const name of ["Revoke", "Renew", "Hold", "End hold"]) expect(screen.queryByRole("button", { name })).toBeNull();
});

test("a revoked certificate's reason can still become key compromise, and nothing else", async () => {
  given({ status: "Revoked", revocation_reason: "superseded", revoked_at: "2026-11-20T08:00:00Z" });
  const { press } = await opened();
  await press("Revoke");
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getAllByRole("radio")).toHaveLength(1);
});

test("renewing takes a request, or leaves it for later", async () => {
  given();
  const { user, press } = await opened();
  await press("Renew");
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByRole("button", { name: "Renew" })).toBeDisabled();
  await user.click(within(dialog).getByLabelText(/Certificate signing request/));
  await user.paste(CSR);
  await user.click(within(dialog).getByRole("button", { name: "Renew" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(api.callsTo("POST", /renew$/)[0]?.body).toEqual({ csr_pem: CSR });
  await press("Renew");
  await user.click(await screen.findByRole("radio", { name: /^Submit the CSR later/ }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Renew" }));
  await waitFor(() => expect(api.callsTo("POST", /renew$/)[1]?.body).toEqual({ csr_pem: null }));
});

test("a job that waits for a request is named and takes it here", async () => {
  given({ status: "Pending", open_job_id: "job-1", expires_at: null });
  api.jobs.push(job({ id: "job-1", certificate_id: ID, status: "AwaitingCSR", completed_at: null }));
  const { user, press } = await opened();
  await press("Submit a CSR");
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByLabelText(/Certificate signing request/));
  await user.paste(CSR);
  await user.click(within(dialog).getByRole("button", { name: "Submit CSR" }));
  await waitFor(() => expect(api.callsTo("POST", /csr$/)[0]?.body).toEqual({ csr_pem: CSR }));
});

test("while its job runs the page follows it until it is active", async () => {
  given({ status: "Pending", open_job_id: "job-1", expires_at: null });
  api.jobs.push(job({ id: "job-1", certificate_id: ID, status: "Running" }));
  await opened();
  expect(screen.getByText("Pending")).toBeVisible();
  Object.assign(api.certificates[0] ?? {}, { status: "Active", open_job_id: null });
  expect(await within(screen.getByRole("main")).findByText("Active", {}, { timeout: 8_000 })).toBeVisible();
});

test("audit, jobs and notifications stand in one timeline, newest first", async () => {
  given();
  api.events.push(auditEvent({ resource_id: ID, action: "certificate_created", timestamp: "2026-11-20T08:00:00Z" }));
  api.jobs.push(job({ certificate_id: ID, created_at: "2026-11-20T08:00:01Z", status: "Failed", last_error: "The CA refused." }));
  api.notifications.push(
    notification({ certificate_id: ID, subject: "Renewal failed", created_at: "2026-11-21T08:00:00Z", status: "dead" }),
  );
  await opened();
  const card = screen.getByRole("region", { name: "Timeline" });
  const link = await within(card).findByRole("link", { name: "Renewal failed" });
  expect(link).toHaveAttribute("href", expect.stringContaining("/notifications?open="));
  expect(
    within(card)
      .getAllByRole("listitem")
      .map((item) => item.textContent),
  ).toEqual([
    expect.stringMatching(/^Renewal failedDead/),
    expect.stringMatching(/^Issuance jobFailedThe CA refused/),
    expect.stringMatching(/^Created/),
  ]);
});

test("a role without the audit trail sees the rest, and that something is missing", async () => {
  given();
  api.actAs("viewer");
  api.jobs.push(job({ certificate_id: ID }));
  await opened();
  expect(await screen.findByText("Issuance job")).toBeVisible();
  expect(screen.getByText(/Not shown: audit events/)).toBeVisible();
  expect(api.callsTo("GET", /^\/audit$/)).toEqual([]);
});

test("each card that fails can be tried again by itself", async () => {
  given();
  api.failNext("GET", /versions$/, 500, "Busy.", 3);
  api.versions.push(version({ certificate_id: ID, serial_number: "0a:1b:2c" }));
  const { press } = await opened();
  expect(await screen.findByText("Could not load the versions")).toBeVisible();
  expect(await screen.findByText("Nothing has happened yet")).toBeVisible();
  await press("Try again");
  expect(await screen.findByText("Current")).toBeVisible();
});

test("a certificate that is not there, or is another team's, says so", async () => {
  renderAt("/certificates/crt-none");
  expect(await screen.findByText("Certificate not found")).toBeVisible();
});

test("the page and its dialogs are accessible", async () => {
  given();
  api.versions.push(version({ certificate_id: ID }));
  const { press, baseElement } = await opened();
  await screen.findByText("Show PEM");
  await expectAccessible(baseElement);
  await press("Revoke");
  await screen.findByRole("dialog");
  await expectAccessible(baseElement);
});
