// Read before the clock of the first test starts: the page is loaded lazily.
import "./Notifications";

import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { channel, daysFromNow, notification } from "../../test/builders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const open = () => channel({ id: "ops-slack", state: "open", since: daysFromNow(-2), last_error: "HTTP 503" });
const at = (fields = {}) => notification({ channel_id: "ops-slack", subject: "web expires", ...fields });
const dead = (fields = {}) => at({ status: "dead", dead_because: "attempts_used", retry_count: 5, last_error: "HTTP 503", ...fields });

test("an alert that waits says which channel it waits for", async () => {
  api.channels.push(open());
  api.notifications.push(at({ status: "failed", retry_count: 1, next_retry_at: daysFromNow(-1) }));
  renderAt("/notifications?view=list");
  expect(await screen.findByText(/Waits for ops-slack: breaker open/)).toBeVisible();
  expect(screen.queryByText(/due now/)).not.toBeInTheDocument();
});

test("a requeue to a channel that does not work asks first", async () => {
  api.channels.push(open());
  api.notifications.push(dead());
  const { user } = renderAt("/notifications?view=list");
  expect(await screen.findByText(/Attempts used up/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Requeue web expires" }));
  const question = await openDialog("Requeue this alert?");
  expect(within(question).getByRole("note")).toHaveTextContent(/ops-slack does not work: breaker open.*it waits until the channel works/);
  expect(api.callsTo("POST", /requeue$/)).toEqual([]);
  await user.click(within(question).getByRole("button", { name: "Requeue" }));
  expect(await screen.findByText(/Requeued/)).toBeVisible();
});

test("the question stays when its row leaves the list, and its answer counts", async () => {
  api.channels.push(open());
  api.notifications.push(dead());
  const { user } = renderAt("/notifications?view=list");
  await user.click(await screen.findByRole("button", { name: "Requeue web expires" }));
  const question = await openDialog("Requeue this alert?");
  act(() => {
    window.history.replaceState(null, "", "/notifications?view=list&channel=another");
    window.dispatchEvent(new PopStateEvent("popstate"));
  });
  await waitFor(() => expect(screen.queryByRole("link", { name: "web expires", hidden: true })).not.toBeInTheDocument());
  await user.click(within(question).getByRole("button", { name: "Requeue" }));
  expect(await screen.findByText(/Requeued/)).toBeVisible();
});

test("an alert that is dead again is not called sent", async () => {
  api.channels.push(channel({ id: "ops-slack" }));
  api.notifications.push(dead({ id: "notif-1" }));
  const { user } = renderAt("/notifications?view=list");
  await user.click(await screen.findByRole("button", { name: "Requeue web expires" }));
  expect(await screen.findByText(/Requeued/)).toBeVisible();
  Object.assign(api.notifications[0] ?? {}, { status: "dead", last_error: "HTTP 410" });
  expect(await screen.findByText("Dead again", undefined, { timeout: 6_000 })).toBeVisible();
}, 20_000);

test("dead letters are counted by channel and cause, and each count leads to its list", async () => {
  api.channels.push(channel({ id: "ops-slack" }));
  api.notifications.push(dead(), dead(), dead({ dead_because: "refused", last_error: "HTTP 400", subject: "api expires" }));
  const { user } = renderAt("/notifications?tab=dead");
  await user.click(await screen.findByRole("link", { name: "2 at ops-slack: Attempts used up" }));
  expect(await screen.findAllByRole("link", { name: "web expires" })).toHaveLength(2);
  expect(screen.queryByText("api expires")).not.toBeInTheDocument();
});

test("a dead row that was never tried has no count of retries", async () => {
  api.notifications.push(dead({ dead_because: "channel_gone", retry_count: 0 }));
  renderAt("/notifications?view=list");
  expect(await screen.findByText(/Channel is gone/)).toBeVisible();
  expect(screen.queryByText("Retry 0/5")).not.toBeInTheDocument();
});

test("the drawer leads to the next one of the list, and tells an error once", async () => {
  const attempts = [1, 2, 3].map((n) => ({
    n,
    at: daysFromNow(-1),
    outcome: "retryable",
    status_code: 503,
    duration_ms: 20,
    error: "HTTP 503 from hook",
  }));
  api.notifications.push(dead({ id: "notif-1", subject: "one", attempts, last_error: null }), dead({ id: "notif-2", subject: "two" }));
  const { user } = renderAt("/notifications?view=list&open=notif-1");
  const drawer = await openDialog("one");
  expect(await within(drawer).findAllByText(/HTTP 503 from hook/)).toHaveLength(1);
  expect(within(drawer).getByText("3 times in a row")).toBeVisible();
  await user.click(await within(drawer).findByRole("button", { name: "Next" }));
  expect(await openDialog("two")).toBeVisible();
});
