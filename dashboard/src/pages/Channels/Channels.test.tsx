import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { channel, daysFromNow } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { problem } from "../../test/fakeApi";
import { renderAt } from "../../test/render";
import { api, server } from "../../test/server";

const RECORD = { id: "slack-pay", origin: "api", version: 3, settings: { url: "certctl/blue/channels/pay" } } as const;

async function card(name: string) {
  return within(await screen.findByRole("article", { name }));
}

test("each channel tells its state, what it means, and the last error", async () => {
  api.channels.push(
    channel(),
    channel({ ...RECORD, state: "open", since: daysFromNow(-0.1), last_error: "the provider answered 500", warnings: ["no owner"] }),
    channel({ id: "teams-x", kind: "Teams", state: "open", disabled: { since: daysFromNow(-1), error: "the provider answered 404" } }),
  );
  const { container } = renderAt("/channels");
  expect((await card("slack-default")).getByText("Working")).toBeVisible();
  const open = await card("slack-pay");
  expect(open.getByText("Breaker open")).toBeVisible();
  expect(open.getByText("the provider answered 500")).toBeVisible();
  expect(open.getByText("no owner")).toBeVisible();
  expect((await card("teams-x")).getByText("Gone")).toBeVisible();
  expect(screen.getByText("3 channels, 2 not working")).toBeVisible();
  await expectAccessible(container);
});

test("a test tells outcome, status, duration and error", async () => {
  api.channels.push(channel());
  api.testOutcome = { outcome: "retryable", status_code: 503, error: "the provider answered 503", duration_ms: 1_240 };
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "Test slack-default" }));
  const result = (await card("slack-default")).getByRole("status", { name: "Test result" });
  await waitFor(() => expect(result).toHaveTextContent("Retryable"));
  expect(result).toHaveTextContent("HTTP 503, 1,240 ms");
  expect(result).toHaveTextContent("the provider answered 503");
});

test("a sample of a type of alert is sent to the channel", async () => {
  api.channels.push(channel());
  api.testOutcome = { outcome: "delivered", status_code: 200, error: "", duration_ms: 12 };
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "Send a sample alert to slack-default" }));
  await user.click(await screen.findByRole("menuitem", { name: "Renewal failure", hidden: true }));
  const result = (await card("slack-default")).getByRole("status", { name: "Test result" });
  await waitFor(() => expect(result).toHaveTextContent("HTTP 200"));
  expect(api.callsTo("POST", /channels\/slack-default\/test/)[0]?.query.get("type")).toBe("RenewalFailure");
});

/** Everybody may look at recent alerts. */
const CHANGES = /^(Test|Send|Edit|Repair|Enable|Disable|Delete)/;

test("a viewer is offered no test and no change, an operator the test of what is in reach", async () => {
  api.actAs("viewer");
  api.channels.push(channel(RECORD));
  const { unmount } = renderAt("/channels");
  const seen = await card("slack-pay");
  expect(seen.queryByRole("button", { name: CHANGES })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "New channel" })).not.toBeInTheDocument();
  unmount();
  api.actAs("operator");
  api.channels.push(channel({ ...RECORD, id: "slack-other", team_id: "t-other" }));
  renderAt("/channels");
  expect((await card("slack-pay")).getAllByRole("button", { name: CHANGES })).toHaveLength(2);
  expect((await card("slack-other")).queryByRole("button", { name: CHANGES })).not.toBeInTheDocument();
});

test("a secret that was pasted by mistake is not sent, its name is", async () => {
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "New channel" }));
  const modal = within(await screen.findByRole("dialog", { name: "New channel" }));
  await user.click(modal.getByRole("textbox", { name: /^Name/ }));
  await user.paste("slack-pay");
  await user.click(modal.getByRole("textbox", { name: /URL of the incoming webhook/ }));
  await user.paste("https://hooks.slack.com/services/T0/B0/secret");
  await user.click(modal.getByRole("button", { name: "Create channel" }));
  expect(await modal.findByText(/never the secret itself\.$/)).toBeInTheDocument();
  expect(api.callsTo("POST", /channels/)).toEqual([]);
  await user.clear(modal.getByRole("textbox", { name: /URL of the incoming webhook/ }));
  await user.paste("certctl/blue/channels/pay");
  await expectAccessible(screen.getByRole("dialog"));
  await user.click(modal.getByRole("button", { name: "Create channel" }));
  expect((await card("slack-pay")).getByText("certctl/blue/channels/pay")).toBeInTheDocument();
  const body = { id: "slack-pay", kind: "Slack", enabled: true, team_id: null, settings: { url: "certctl/blue/channels/pay" } };
  expect(api.callsTo("POST", /channels/)[0]?.body).toEqual(body);
});

test("an edit sends the version that was read, and keeps what the API hides", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.channels.push(channel({ ...RECORD, id: "hook", kind: "Webhook", settings: { url: "https://example.com/[redacted]" } }));
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "Edit hook" }));
  const modal = within(await screen.findByRole("dialog", { name: "Edit hook" }));
  await choose(user, modal.getByRole("combobox", { name: /^Team/ }), "Payments (t-pay)");
  await user.click(modal.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  const body = { enabled: true, team_id: "t-pay", version: 3, settings: { url: "https://example.com/[redacted]" } };
  expect(api.callsTo("PUT", /channels\/hook$/)[0]?.body).toEqual(body);
});

test("a channel that is gone is repaired by sending it as it is", async () => {
  api.channels.push(channel({ ...RECORD, state: "open", disabled: { since: daysFromNow(-1), error: "the provider answered 404" } }));
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "Repair slack-pay" }));
  expect(api.callsTo("PUT", /channels/)).toEqual([]);
  await user.click(await screen.findByRole("button", { name: "Repair channel" }));
  expect(await screen.findByText("slack-pay is being retried")).toBeVisible();
  expect(await screen.findByText("Working")).toBeInTheDocument();
  expect(api.callsTo("PUT", /channels/)[0]?.body).toMatchObject({ settings: RECORD.settings, version: 3, enabled: true });
});

test("disabling and deleting ask first, and a refusal is shown", async () => {
  api.channels.push(channel(RECORD));
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "Disable slack-pay" }));
  await user.click(await screen.findByRole("button", { name: "Disable channel" }));
  expect(await screen.findByText("Disabled")).toBeInTheDocument();
  api.failNext("DELETE", /channels/, 409, "Routing rules send to this channel: stack. Change them first.");
  await user.click(await screen.findByRole("button", { name: "Delete slack-pay" }));
  await user.click(await screen.findByRole("button", { name: "Delete channel" }));
  expect(await screen.findByText(/Change them first/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Delete channel" }));
  expect(await screen.findByText("No channels")).toBeInTheDocument();
});

test("when channels cannot be read, the page says so and tries again", async () => {
  api.failNext("GET", /channels/, 403, "Not now.");
  const { user } = renderAt("/channels");
  expect(await screen.findByText("Not now.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No channels")).toBeVisible();
});

test("a bus needs no setting, and can have them", async () => {
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "New channel" }));
  const modal = within(await screen.findByRole("dialog", { name: "New channel" }));
  await user.click(modal.getByRole("combobox", { name: /^Kind/ }));
  await user.click(await screen.findByRole("option", { name: "EventBridge", hidden: true }));
  await user.click(modal.getByRole("textbox", { name: /^Name/ }));
  await user.paste("cmdb");
  await user.click(modal.getByRole("textbox", { name: /^Event bus/ }));
  await user.paste("certificates");
  await user.click(modal.getByRole("button", { name: "Create channel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  const body = { id: "cmdb", kind: "EventBridge", enabled: true, team_id: null, settings: { event_bus: "certificates" } };
  expect(api.callsTo("POST", /channels/)[0]?.body).toEqual(body);
});

test("a card has the labels of the kind's settings and the team's name, and so have the API's words about a field", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.channels.push(channel({ ...RECORD, team_id: "t-pay" }));
  const { user } = renderAt("/channels");
  const seen = await card("slack-pay");
  expect(await seen.findByText("URL of the incoming webhook")).toBeVisible();
  expect(await seen.findByRole("link", { name: "Payments" })).toBeVisible();
  server.use(
    http.put("*/channels/slack-pay", () =>
      problem(422, "settings.url: is not in reach", [{ field: "settings.url", message: "is not in reach" }]),
    ),
  );
  await user.click(screen.getByRole("button", { name: "Edit slack-pay" }));
  await user.click(await screen.findByRole("button", { name: "Save" }));
  expect(await screen.findByText("URL of the incoming webhook: is not in reach")).toBeVisible();
});
