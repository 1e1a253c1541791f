// Read before the clock of the first test starts: the page is loaded lazily.
import "./KeyUses";

import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { daysFromNow } from "../../test/builders";
import { confirmedCampaign, keyObserved, keyUse, keyVersion, SPKI } from "../../test/campaignBuilders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { totalsOf, validOf } from "./uses";

const version = keyVersion();
const target = { id: "tgt-1", name: "web-1", type: "NGINX", enabled: true, agent_id: "agt-1" };
const agent = { id: "agt-1", name: "agent-1", hostname: "web-1" };

test("a key shows its certificates, what they are on, and leads to a campaign", async () => {
  const jobs = [{ id: "job-9", type: "Renewal", status: "AwaitingCSR", created_at: daysFromNow(-1) } as const];
  api.keyUses = [
    keyUse({ targets: [target], agents: [agent], jobs }),
    keyUse({ certificate_id: "mc-2", certificate_name: "b.example.com", targets: [target], agents: [agent] }),
  ];
  const { container } = renderAt(`/keys/${SPKI}`);
  expect(await screen.findByText("If it leaks: 2 valid versions on 1 target of 1 agent; 1 open job.")).toBeVisible();
  expect(screen.getByRole("link", { name: "b.example.com" })).toHaveAttribute("href", "/certificates/mc-2");
  expect(screen.getByRole("link", { name: "Renewal" })).toHaveAttribute("href", "/jobs?open=job-9");
  expect(screen.getByRole("link", { name: "Start a campaign" })).toHaveAttribute(
    "href",
    `/campaigns/new?spki=${SPKI}&reason=keyCompromise`,
  );
  expect(screen.getByText("2 certificates", { exact: true })).toBeVisible();
  await expectAccessible(container);
});

test("a key for which nothing is issued any more says so", async () => {
  api.keyUses = [keyUse()];
  api.keyRefused = "compromised";
  renderAt(`/keys/${SPKI}`);
  expect(await screen.findByText("This key is compromised")).toBeVisible();
});

test("the key of a running campaign leads to it, and no other is offered", async () => {
  api.keyUses = [keyUse()];
  api.keyRefused = "compromised";
  api.keyCampaign = confirmedCampaign();
  const { container } = renderAt(`/keys/${SPKI}`);
  expect(await screen.findByText("A campaign replaces this key: key compromise")).toBeVisible();
  expect(screen.getByText(/No certificate is issued for this key again\./)).toHaveTextContent(
    "Old versions that are left are revoked then.",
  );
  expect(screen.getByRole("link", { name: "View the campaign" })).toHaveAttribute("href", "/campaigns/cmp-1");
  expect(screen.queryByRole("link", { name: "Start a campaign" })).not.toBeInTheDocument();
  await expectAccessible(container);
});

test("after the end of a campaign another one may be started for its key", async () => {
  api.keyUses = [keyUse()];
  api.keyCampaign = confirmedCampaign({ state: "cancelled" });
  renderAt(`/keys/${SPKI}`);
  expect(await screen.findByText("A campaign for this key was cancelled: key compromise")).toBeVisible();
  expect(screen.getByRole("link", { name: "Start a campaign" })).toBeVisible();
});

test("certificates that were found with the key lead to the inventory", async () => {
  api.keyObserved = [keyObserved()];
  const { container } = renderAt(`/keys/${SPKI}`);
  expect(await screen.findByText("Observed certificates with this key")).toBeVisible();
  expect(screen.getByRole("link", { name: "old.example.com" })).toHaveAttribute("href", `/inventory/${"9f".repeat(32)}`);
  await expectAccessible(container);
});

test("who may not read the inventory sees no list of what was found", async () => {
  api.keyUses = [keyUse()];
  api.keyObserved = null;
  renderAt(`/keys/${SPKI}`);
  expect(await screen.findByText("Certificates with this key")).toBeVisible();
  expect(screen.queryByText("Observed certificates with this key")).not.toBeInTheDocument();
});

test("an operator sees the key, and is offered no campaign", async () => {
  api.actAs("operator");
  api.keyUses = [keyUse({ targets: null, agents: null })];
  renderAt(`/keys/${SPKI}`);
  expect((await screen.findAllByText("Not accessible"))[0]).toBeVisible();
  expect(screen.queryByRole("link", { name: "Start a campaign" })).not.toBeInTheDocument();
});

test("a key that nobody has says so", async () => {
  renderAt(`/keys/${SPKI}`);
  expect(await screen.findByText("No certificate with this key")).toBeVisible();
});

test("a version is valid unless it is expired, revoked or was never issued", () => {
  const hold = { revoked_at: daysFromNow(-1), revocation_reason: "certificateHold" };
  const versions = [
    version,
    { ...version, ...hold },
    { ...version, ...hold, revocation_reason: "superseded" },
    { ...version, not_after: daysFromNow(-1) },
    { ...version, state: "abandoned" as const },
  ];
  expect(validOf(keyUse({ versions }))).toBe(2);
});

test("what several certificates share counts once", () => {
  expect(totalsOf([keyUse({ targets: [target], agents: [agent] }), keyUse({ targets: [target], agents: [agent] })])).toEqual({
    valid: 2,
    targets: 1,
    agents: 1,
    openJobs: 0,
  });
});
