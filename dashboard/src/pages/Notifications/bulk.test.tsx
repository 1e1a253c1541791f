// Read before the clock of the first test starts: the page is loaded lazily.
import "./Notifications";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { channel, notification } from "../../test/builders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const dead = (fields = {}) => notification({ status: "dead", subject: "web expires", ...fields });
const many = (count: number) => Array.from({ length: count }, () => dead());
const steps = () => api.callsTo("POST", /^\/notifications\/requeue$/);

async function openByChannel(path = "/notifications?tab=dead") {
  const { user } = renderAt(path);
  await user.click(await screen.findByRole("button", { name: "Requeue by channel" }));
  return { user, modal: await openDialog("Requeue dead letters") };
}

test("all dead letters are requeued, step by step until there is no cursor", async () => {
  api.notifications = many(1_200);
  const { user, modal } = await openByChannel();
  await user.click(within(modal).getByRole("button", { name: "Requeue" }));
  expect(await within(modal).findByText("1,200 requeued in all.")).toBeVisible();
  expect(steps().map(({ body }) => (body as { cursor?: string }).cursor)).toEqual([undefined, "500", "1000"]);
  await user.click(within(modal).getByRole("button", { name: "Close" }));
  expect(await screen.findByText("No dead letters")).toBeVisible();
});

test("the channel that the page is filtered by is the one that is offered", async () => {
  api.channels.push(channel(), channel({ id: "teams-default", kind: "Teams" }));
  api.notifications.push(dead(), dead({ channel: "Teams", channel_id: "teams-default" }));
  const { user, modal } = await openByChannel("/notifications?tab=dead&channel=teams-default");
  await user.click(within(modal).getByRole("button", { name: "Requeue" }));
  expect(await within(modal).findByText("1 requeued in all.")).toBeVisible();
  expect(steps()[0]?.body).toEqual({ status: "dead", channel: "teams-default", type: null });
});

test("channels with dead letters are offered, each with its count", async () => {
  api.channels.push(channel(), channel({ id: "teams-default", kind: "Teams" }), channel({ id: "teams-quiet", kind: "Teams" }));
  api.notifications.push(dead({ channel: "Teams", channel_id: "teams-default" }), dead({ channel: "Teams", channel_id: "teams-default" }));
  const { user, modal } = await openByChannel();
  const select = within(modal).getByRole("combobox", { name: "Channel" });
  await user.click(select);
  const list = document.getElementById(select.getAttribute("aria-controls") ?? "") ?? document.body;
  await waitFor(() =>
    expect(
      within(list)
        .getAllByRole("option", { hidden: true })
        .map(({ textContent }) => textContent),
    ).toEqual(["All of Teams: 2 dead letters", "teams-default: 2 dead letters"]),
  );
});

test("a step that failed can be continued, without starting over", async () => {
  api.notifications = many(700);
  const { user, modal } = await openByChannel();
  api.failNext("POST", /^\/notifications\/requeue$/, 503, "The service is busy.");
  await user.click(within(modal).getByRole("button", { name: "Requeue" }));
  expect(await within(modal).findByText("The service is busy.")).toBeVisible();
  await user.click(within(modal).getByRole("button", { name: "Continue" }));
  expect(await within(modal).findByText("700 requeued in all.")).toBeVisible();
  await expectAccessible(modal);
});

test("those that were selected are requeued, and those that have changed are left alone", async () => {
  api.notifications.push(
    dead({ id: "notif-1", subject: "one" }),
    dead({ id: "notif-2", subject: "two" }),
    dead({ id: "notif-3", subject: "three" }),
  );
  const { user } = renderAt("/notifications?view=list");
  await user.click(await screen.findByRole("checkbox", { name: "Select one" }));
  await user.click(screen.getByRole("checkbox", { name: "Select three" }));
  await user.click(screen.getByRole("button", { name: "Requeue selected (2)" }));
  const modal = await openDialog("Requeue 2 selected");
  Object.assign(api.notifications[2] ?? {}, { status: "sent" });
  await user.click(within(modal).getByRole("button", { name: "Requeue" }));
  expect(await within(modal).findByText(/1 requeued in all. 1 had changed/)).toBeVisible();
  expect(api.notifications.map(({ status }) => status)).toEqual(["pending", "dead", "sent"]);
});

test("all that are loaded can be selected at once, but those that were sent", async () => {
  api.notifications.push(dead(), notification({ subject: "sent" }), notification({ outcome: "muted" }));
  const { user } = renderAt("/notifications");
  await user.click(await screen.findByRole("checkbox", { name: "Select all loaded" }));
  expect(screen.getByRole("button", { name: "Requeue selected (2)" })).toBeEnabled();
  await user.click(screen.getByRole("checkbox", { name: "Select all loaded" }));
  expect(screen.getByRole("button", { name: "Requeue selected" })).toBeDisabled();
});

test("a selection that failed in part goes on with what is left", async () => {
  api.notifications = many(6);
  const { user } = renderAt("/notifications?tab=dead");
  await user.click(await screen.findByRole("checkbox", { name: "Select all loaded" }));
  await user.click(await screen.findByRole("button", { name: "Requeue selected (6)" }));
  const modal = await openDialog("Requeue 6 selected");
  api.failNext("POST", /\/requeue$/, 429, "Too many requests.", 2);
  await user.click(within(modal).getByRole("button", { name: "Requeue" }));
  expect(await within(modal).findByText("Too many requests.")).toBeVisible();
  await user.click(within(modal).getByRole("button", { name: "Continue" }));
  expect(await within(modal).findByText("6 requeued in all.")).toBeVisible();
  await waitFor(() => expect(api.notifications.every(({ status }) => status === "pending")).toBe(true));
});
