import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { channel } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { mute, routingRule } from "../../test/routingBuilders";

test("rules are shown as routes in words, in their order", async () => {
  const routes = [
    { channels: ["pager"], severities: ["critical" as const], types: ["Revocation" as const] },
    { channels: ["slack-default", "mail"], severities: [], types: [] },
  ];
  api.rules.push(routingRule({ id: "team:t-pay", routes }));
  const { container } = renderAt("/channels?tab=routing");
  const rule = within(await screen.findByRole("article", { name: "Team t-pay" }));
  const shown = rule.getAllByRole("listitem").map((item) => item.textContent);
  expect(shown).toEqual(["critical · Revocation → pager", "Every alert → slack-default, mail"]);
  await expectAccessible(container);
});

test("a rule is made for a team, with channels chosen from those that there are", async () => {
  api.channels.push(channel(), channel({ id: "pager" }));
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  const { user } = renderAt("/channels?tab=routing");
  await user.click(await screen.findByRole("button", { name: "New rule" }));
  const modal = within(await screen.findByRole("dialog", { name: "New routing rule" }));
  await user.click(modal.getByRole("radio", { name: "A team" }));
  await user.click(modal.getByRole("button", { name: "Save rule" }));
  expect(await modal.findByText("Choose at least one channel.")).toBeInTheDocument();
  expect(api.callsTo("PUT", /routing/)).toEqual([]);
  await choose(user, modal.getByRole("combobox", { name: /^Team/ }), "Payments (t-pay)");
  await user.click(modal.getByRole("combobox", { name: /To the channels/ }));
  await user.click(await screen.findByRole("option", { name: "pager", hidden: true }));
  await expectAccessible(screen.getByRole("dialog"));
  await user.click(modal.getByRole("button", { name: "Save rule" }));
  expect(await screen.findByRole("article", { name: "Team Payments" })).toBeInTheDocument();
  const [call] = api.callsTo("PUT", /routing/);
  expect(decodeURIComponent(call?.path ?? "")).toBe("/notifications/routing/team:t-pay");
  expect(call?.body).toEqual({ version: 0, routes: [{ channels: ["pager"], severities: [], types: [] }] });
});

test("routes change places, and the rule is saved over the version that was read", async () => {
  const routes = ["a", "b"].map((id) => ({ channels: [id], severities: [], types: [] }));
  api.rules.push(routingRule({ routes, version: 7 }));
  const { user } = renderAt("/channels?tab=routing");
  await user.click(await screen.findByRole("button", { name: "Edit the rule: The whole stack" }));
  await user.click(await screen.findByRole("button", { name: "Move route 2 up" }));
  await user.click(screen.getByRole("button", { name: "Save rule" }));
  await waitFor(() => expect(api.callsTo("PUT", /routing/)[0]?.body).toEqual({ version: 7, routes: routes.toReversed() }));
});

test("a rule is deleted after a question; a viewer is not asked", async () => {
  api.rules.push(routingRule());
  const { user, unmount } = renderAt("/channels?tab=routing");
  await user.click(await screen.findByRole("button", { name: "Delete the rule: The whole stack" }));
  await user.click(await screen.findByRole("button", { name: "Delete rule" }));
  expect(await screen.findByText("No routing rules")).toBeInTheDocument();
  unmount();
  api.actAs("viewer");
  renderAt("/channels?tab=routing");
  expect(await screen.findByText("No routing rules")).toBeVisible();
  expect(screen.queryByRole("button", { name: "New rule" })).not.toBeInTheDocument();
});

test("mutes are listed, made and ended", async () => {
  api.mutes.push(mute({ certificate_id: "crt-9", certificate_name: "Shop", created_by_name: "Ada", reason: "cluster upgrade" }));
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  const { user, container } = renderAt("/channels?tab=mutes");
  expect(await screen.findByText("cluster upgrade")).toBeVisible();
  expect(screen.getByRole("link", { name: "Shop" })).toHaveAttribute("href", "/certificates/crt-9");
  expect(screen.getByText("Ada")).toBeVisible();
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "New mute" }));
  const modal = within(await screen.findByRole("dialog", { name: "New mute" }));
  await user.click(modal.getByRole("radio", { name: "A team" }));
  await choose(user, modal.getByRole("combobox", { name: /^Team/ }), "Payments (t-pay)");
  await user.click(modal.getByRole("button", { name: "Mute" }));
  expect(await modal.findByText(/Enter a reason/)).toBeInTheDocument();
  await user.click(modal.getByRole("textbox", { name: /Reason/ }));
  await user.paste("maintenance");
  await user.click(modal.getByRole("checkbox", { name: "info" }));
  await expectAccessible(screen.getByRole("dialog"));
  await user.click(modal.getByRole("button", { name: "Mute" }));
  expect(await screen.findByRole("article", { name: "Mute of Team Payments" })).toBeInTheDocument();
  expect(api.callsTo("POST", /mutes/)[0]?.body).toMatchObject({ team_id: "t-pay", reason: "maintenance", severities: ["info"] });
  await user.click(screen.getByRole("button", { name: "End now: mute of Shop" }));
  await user.click(await screen.findByRole("button", { name: "End mute" }));
  await waitFor(() => expect(screen.queryByText("cluster upgrade")).not.toBeInTheDocument());
});
