import { readFileSync } from "node:fs";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { ACTIONS } from "./actions";
import { MOST_CSV_EVENTS } from "./eventCsv";
import { expectAccessible } from "../../test/accessibility";
import { auditEvent, daysFromNow } from "../../test/builders";
import { choose } from "../../test/choose";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const SEAL = { seq: 288, cutoff: daysFromNow(-0.002), sealed_at: daysFromNow(-0.001), lag_seconds: 173, total: 10_412 };

/** jsdom's Blob has no text(). */
const textOf = (blob: Blob) =>
  new Promise<string>((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.readAsText(blob);
  });

/** Files that the page saves, by name. */
function savedFiles(): Map<string, Blob> {
  const files = new Map<string, Blob>();
  let last = new Blob();
  URL.createObjectURL = (blob) => {
    last = blob as Blob;
    return "blob:test";
  };
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    files.set(this.download, last);
  });
  return files;
}

const CALL = { action: "api_get", resource_type: "api", resource_id: "/api/v1/jobs", sentence: "Ada called GET /api/v1/jobs: 200" };

test("the page opens on changes in sentences; sign-ins and API calls are views of their own", async () => {
  api.events.push(
    auditEvent({ sentence: "Ada revoked shop.example.com: key compromise, ticket INC-7" }),
    auditEvent({ kind: "sessions", action: "session_started", resource_type: "session", sentence: "Otto started a session" }),
    auditEvent({ ...CALL, details: { method: "GET", status: 200 } }),
  );
  const { user } = renderAt("/audit");
  expect(await screen.findByRole("link", { name: "Ada revoked shop.example.com: key compromise, ticket INC-7" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Otto started a session" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: "Sign-ins" }));
  expect(await screen.findByRole("link", { name: "Otto started a session" })).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "API calls" }));
  expect(await screen.findByRole("link", { name: CALL.sentence })).toBeVisible();
  expect(
    api
      .callsTo("GET", /^\/audit$/)
      .at(-1)
      ?.query.get("kind"),
  ).toBe("calls");
});

test("an action is picked in words, and asked of the API by its id", async () => {
  api.events.push(auditEvent({ action: "certificate_revoked" }), auditEvent());
  const { user } = renderAt("/audit");
  await user.type(await screen.findByRole("combobox", { name: "Action" }), "revoked");
  await choose(user, screen.getByRole("combobox", { name: "Action" }), "Certificate revoked (certificate_revoked)");
  await waitFor(() => expect(screen.queryByRole("link", { name: "Ada certificate created shop.example.com" })).not.toBeInTheDocument());
  expect(
    api
      .callsTo("GET", /^\/audit$/)
      .at(-1)
      ?.query.get("action"),
  ).toBe("certificate_revoked");
});

test("every action of the events that the API writes can be picked", () => {
  const written = ["events_written", "events_further"].flatMap((name) =>
    Object.keys(JSON.parse(readFileSync(`../tests/contract/golden/${name}.json`, "utf8")) as object),
  );
  const changes = written.filter((event) => !event.startsWith("api: ")).map((event) => event.split(": ")[1]);
  expect(changes.filter((action) => !ACTIONS.includes(action ?? ""))).toEqual([]);
});

test("events are listed, an API call by its method, path and status", async () => {
  api.seal = SEAL;
  api.events.push(auditEvent({ resource_id: "crt-7" }), auditEvent({ ...CALL, details: { method: "GET", status: 403 } }));
  const { container } = renderAt("/audit?view=all");
  expect(await screen.findByRole("link", { name: "Ada certificate created shop.example.com" })).toBeVisible();
  expect(screen.getByRole("link", { name: CALL.sentence })).toBeVisible();
  expect(screen.getByText("403")).toBeVisible();
  expect(await screen.findByText("Up to date")).toBeVisible();
  expect(screen.getByText("Seal no. 288 · 10,412 events")).toBeVisible();
  await expectAccessible(container);
});

test("filters of the address are asked of the API, days as moments with both days included", async () => {
  renderAt("/audit?actor=key-admin&resource_type=certificate&from=2026-11-01&to=2026-11-02");
  expect(await screen.findByText("No matching events")).toBeVisible();
  const query = api.callsTo("GET", /^\/audit$/)[0]?.query;
  expect(query?.get("actor")).toBe("key-admin");
  expect(query?.get("resource_type")).toBe("certificate");
  const days = Date.parse(query?.get("to") ?? "") - Date.parse(query?.get("from") ?? "");
  expect(days).toBe(2 * 86_400_000 - 1_000);
});

test("an event opens in a drawer with what changed, and with its JSON", async () => {
  const details = { before: { status: "Active", owner_id: "o-1" }, after: { status: "Revoked", owner_id: "o-1" }, reason: "keyCompromise" };
  api.events.push(auditEvent({ id: "aud-1", action: "certificate_revoked", details }));
  const { user } = renderAt("/audit");
  await user.click(await screen.findByRole("link", { name: "Ada certificate revoked shop.example.com" }));
  const drawer = await screen.findByRole("dialog", { name: "Audit event" });
  const changes = within(drawer).getByRole("table", { name: "Changes" });
  expect(within(changes).getAllByRole("row")).toHaveLength(2);
  expect(within(changes).getByText("Revoked").tagName).toBe("INS");
  expect(within(drawer).getByText("keyCompromise")).toBeInTheDocument();
  expect(within(drawer).getByRole("region", { name: "JSON of the event" })).toHaveTextContent('"id": "aud-1"');
  await expectAccessible(drawer);
  await user.click(within(drawer).getByRole("button", { name: "Show 1 unchanged" }));
  expect(within(changes).getByRole("rowheader", { name: "owner_id" })).toBeInTheDocument();
  await user.click(within(drawer).getByRole("button", { name: "Close the event" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

test("an event that is not in the list can be opened by its address", async () => {
  api.events.push(auditEvent({ id: "aud-old", action: "ca_created", sentence: "Ada CA created" }));
  renderAt("/audit?event=aud-old&actor=somebody-else");
  expect(await screen.findByRole("heading", { name: "Ada CA created" })).toBeInTheDocument();
});

test("before the first seal the page says so, and asks for nothing that is not there", async () => {
  renderAt("/audit");
  expect(await screen.findByText(/No seals yet/)).toBeVisible();
  expect(api.callsTo("GET", /verify/)).toEqual([]);
});

test("seals that are over 15 minutes behind are a warning", async () => {
  api.seal = { ...SEAL, lag_seconds: 40 * 60 };
  renderAt("/audit");
  expect(await screen.findByText("Sealing is 40 minutes behind")).toBeVisible();
});

test("an operator reads events and saves them as CSV, and is offered neither seals nor proofs", async () => {
  const files = savedFiles();
  api.actAs("operator");
  api.events.push(auditEvent({ sentence: "=Ada revoked shop.example.com", resource_name: null }));
  const { user } = renderAt("/audit?view=all");
  await user.click(await screen.findByRole("button", { name: "Export" }));
  const modal = await screen.findByRole("dialog", { name: "Export audit events" });
  expect(within(modal).queryByRole("radio", { name: "JSON Lines with proofs" })).not.toBeInTheDocument();
  await user.click(within(modal).getByRole("button", { name: "Export" }));
  expect(await within(modal).findByText(/^1 events.*in your downloads/)).toBeInTheDocument();
  const [[name, blob] = ["", new Blob()]] = files;
  expect(name).toMatch(/^certctl-audit-\d{4}-\d\d-\d\d\.csv$/);
  const [titles, line] = (await textOf(blob)).split("\r\n");
  expect(titles).toMatch(/^timestamp,sentence,actor_name,/);
  expect(line).toContain("'=Ada revoked shop.example.com,Ada,");
  expect(api.callsTo("GET", /verify/)).toEqual([]);
});

test("a CSV ends at its bound, and says that older events are left out", async () => {
  savedFiles();
  api.events.push(...Array.from({ length: MOST_CSV_EVENTS + 1 }, (_, n) => auditEvent({ id: `aud-${n}` })));
  const { user } = renderAt("/audit");
  await user.click(await screen.findByRole("button", { name: "Export" }));
  const modal = await screen.findByRole("dialog", { name: "Export audit events" });
  await user.click(within(modal).getByRole("button", { name: "Export" }));
  expect(await within(modal).findByText("The file has the newest 20,000 events", {}, { timeout: 10_000 })).toBeInTheDocument();
}, 20_000);

test("an export reads all pages, goes on after a failure, and saves one file of lines", async () => {
  const files = savedFiles();
  api.events.push(...[1, 2, 3, 4, 5].map((n) => auditEvent({ id: `aud-${n}` })));
  const { user } = renderAt("/audit");
  await user.click(await screen.findByRole("button", { name: "Export" }));
  const modal = await screen.findByRole("dialog", { name: "Export audit events" });
  await user.click(within(modal).getByRole("radio", { name: "JSON Lines with proofs" }));
  api.failNext("GET", /export/, 503, "Busy.");
  await user.click(within(modal).getByRole("button", { name: "Export" }));
  expect(await within(modal).findByText(/Busy\./)).toBeInTheDocument();
  await user.click(within(modal).getByRole("button", { name: "Continue" }));
  expect(await within(modal).findByText(/^5 events.*in your downloads/)).toBeInTheDocument();
  const [[name, blob] = ["", new Blob()]] = files;
  expect(name).toMatch(/^certctl-audit-\d{4}-\d\d-\d\d\.jsonl$/);
  expect(blob.size).toBeGreaterThan(0);
  expect(api.callsTo("GET", /export/).map((call) => call.query.get("cursor"))).toEqual([null, null, "2", "4"]);
});

test("when events cannot be read, the page says so and tries again", async () => {
  api.failNext("GET", /^\/audit$/, 400, "A bad filter.");
  api.events.push(auditEvent());
  const { user } = renderAt("/audit");
  expect(await screen.findByText("A bad filter.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Ada certificate created shop.example.com" })).toBeVisible();
});

test("an event shows the account that acted and the credential, and leads to all of either", async () => {
  const details = { credential: { id: "key-7", kind: "key", made_by: "key-1" } };
  const event = auditEvent({ actor: "sa-7", actor_name: "deployments", actor_type: "Service", credential_name: "ci", details });
  api.events.push(event);
  renderAt(`/audit?event=${event.id}`);
  expect(await screen.findByText("Certificate created · Service · key ci")).toBeInTheDocument();
  const drawer = await screen.findByRole("dialog", { name: "Audit event" });
  expect(within(drawer).getByRole("heading", { name: /^deployments / })).toBeInTheDocument();
  const recorded = within(drawer).getByRole("region", { name: "JSON of the event" });
  expect(recorded).toHaveTextContent('"actor": "sa-7"');
  expect(recorded).not.toHaveTextContent("sentence");
  const link = await screen.findByRole("link", { name: /Everything with this credential/ });
  expect(link).toHaveAttribute("href", expect.stringContaining("actor=key-7"));
});
