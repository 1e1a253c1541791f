// Read before the clock of the first test starts: the page is loaded lazily.
import "./Channels";

import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { channel, daysFromNow, notification } from "../../test/builders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { rateOf } from "./Deliveries";
import { routingRule } from "../../test/routingBuilders";

const sends = (outcome: string, value: number, id = "ops") => ({ value, labels: { channel: id, outcome } });
const metrics = (...samples: ReturnType<typeof sends>[]) => [
  { name: "certctl_notification_sends_total", type: "counter" as const, help: "", samples },
];

test("the rate has attempts at this channel only, and is never rounded up to all", () => {
  expect(
    rateOf(metrics(sends("delivered", 9_999), sends("retryable", 1), sends("skipped", 50), sends("delivered", 5, "web")), "ops"),
  ).toEqual({
    percent: "99.9%",
    all: 10_000,
  });
  expect(rateOf(metrics(sends("skipped", 1)), "ops")).toBeNull();
});

test("a channel leads to the alerts that wait for it, and shows the newest", async () => {
  api.channels.push(channel({ id: "ops" }));
  api.notifications.push(notification({ channel_id: "ops", status: "pending", sent_at: null, subject: "web expires" }));
  const { user } = renderAt("/channels");
  expect(await screen.findByRole("link", { name: "1 alert waits here" })).toHaveAttribute(
    "href",
    "/notifications?status=waiting&channel=ops",
  );
  await user.click(screen.getByRole("button", { name: "Show recent alerts of ops" }));
  const recent = await screen.findByRole("list", { name: "Recent alerts of ops" });
  expect(within(recent).getByRole("link", { name: "web expires" })).toBeVisible();
});

test("a rule marks channels through which no alert gets", async () => {
  api.channels.push(
    channel({ id: "ops" }),
    channel({ id: "off", enabled: false }),
    channel({ id: "old", state: "open", disabled: { since: daysFromNow(-1), error: "404" } }),
  );
  api.rules.push(routingRule({ id: "stack", routes: [{ channels: ["ops", "off", "old", "none"], severities: [], types: [] }] }));
  renderAt("/channels?tab=routing");
  const rule = within(await screen.findByRole("article", { name: "The whole stack" }));
  for (const marked of ["off (disabled)", "old (gone)", "none (does not exist)"]) expect(await rule.findByText(marked)).toBeVisible();
  expect(rule.getByText("ops")).toBeVisible();
});

test("a test of routing shows the channels, the route that decides, what is left out, and mutes", async () => {
  api.channels.push(channel({ id: "ops" }));
  api.preview = {
    by_default: false,
    routes: [{ rule_id: "team:t-web", number: 2, verdict: "taken", channels: ["ops", "mail"] }],
    destinations: [{ channel_id: "ops", kind: "Slack", recipient: "ops" }],
    unusable: [{ channel_id: "mail", because: "no_recipient" }],
    muted: false,
    mutes: [],
  };
  const { user } = renderAt("/channels?tab=routing");
  await user.click(await screen.findByRole("button", { name: "Test routing" }));
  const form = within(await openDialog("Where would this alert go?"));
  await user.click(form.getByRole("radio", { name: "The whole stack" }));
  await user.click(form.getByRole("button", { name: "Test routing" }));
  expect(await form.findByText("It goes to 1 channel:")).toBeVisible();
  expect(form.getByText("Route 2 of Team t-web matches the alert.")).toBeVisible();
  expect(form.getByText(/mail is left out: neither/)).toBeVisible();
  expect(api.callsTo("POST", /preview$/)[0]?.body).toEqual({ type: "RenewalFailure", severity: "critical" });
});
