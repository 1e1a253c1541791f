// Read before the clock of the first test starts: the page is loaded lazily.
import "./Notifications";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { channel, notification } from "../../test/builders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const dead = (fields = {}) =>
  notification({ status: "dead", subject: "web expires", retry_count: 5, last_error: "HTTP 503 from the receiver", ...fields });
const sent = (fields = {}) => notification({ subject: "api renewed", type: "RenewalSuccess", ...fields });

const deadTab = () => screen.findByRole("tab", { name: /Dead letter/ });
const requestsFor = (status: string | null) =>
  api.callsTo("GET", /^\/notifications$/).filter(({ query }) => query.get("status") === status);

test("switching tabs never shows the other tab's rows, not for a moment", async () => {
  api.notifications.push(dead(), sent());
  const { user } = renderAt("/notifications");
  expect(await screen.findByText("api renewed")).toBeVisible();
  const seen: string[] = [];
  const watcher = new MutationObserver(() => {
    const isDeadTab = screen.getByRole("tab", { name: /Dead letter/ }).getAttribute("aria-selected") === "true";
    if (isDeadTab && screen.queryByText("api renewed")) seen.push("a sent row on the dead-letter tab");
  });
  watcher.observe(document.body, { childList: true, subtree: true, attributes: true });
  await user.click(await deadTab());
  expect(await screen.findByText("web expires")).toBeVisible();
  expect(screen.queryByText("api renewed")).not.toBeInTheDocument();
  await user.click(screen.getByRole("tab", { name: "All" }));
  expect(await screen.findByText("api renewed")).toBeVisible();
  await user.click(await deadTab());
  expect(screen.queryByText("api renewed")).not.toBeInTheDocument();
  watcher.disconnect();
  expect(seen).toEqual([]);
});

test("while the dead letters are being read, no row of the other tab stands in for them", async () => {
  api.notifications.push(sent());
  const { user } = renderAt("/notifications");
  expect(await screen.findByText("api renewed")).toBeVisible();
  api.failNext("GET", /^\/notifications$/, 500, "Broken.", 9);
  await user.click(await deadTab());
  expect(await screen.findByText("Could not load the notifications")).toBeVisible();
  expect(screen.queryByText("api renewed")).not.toBeInTheDocument();
});

test("the tab counts the dead letters", async () => {
  api.notifications.push(dead(), dead(), sent());
  renderAt("/notifications");
  expect(await within(await deadTab()).findByText("2")).toBeVisible();
});

test("a dead row tells how often it was tried, and its whole error in the title", async () => {
  const error = `HTTP 500 ${"x".repeat(400)}`;
  api.notifications.push(dead({ last_error: error }));
  renderAt("/notifications?tab=dead");
  expect(await screen.findByText("Retry 5/5")).toBeVisible();
  expect(screen.getByTitle(error)).toHaveTextContent(error);
});

test("the budget of attempts is that of the stack", async () => {
  api.notifications.push(dead({ retry_count: 3, max_attempts: 8 }));
  renderAt("/notifications?tab=dead");
  expect(await screen.findByText("Retry 3/8")).toBeVisible();
});

test.each([
  ["attempts_used", /attempts were used up/],
  ["expired", /Not tried: it expired while its channel was down/],
  ["refused", /the receiver rejected it/],
] as const)("a row that is dead because %s says so", async (because, words) => {
  api.notifications.push(dead({ dead_because: because }));
  renderAt("/notifications?tab=dead");
  expect(await screen.findByTitle(words)).toHaveTextContent("Retry 5/5");
});

test("a row that was requeued leaves the dead letters, and the focus stays on the list", async () => {
  api.notifications.push(dead());
  const { user } = renderAt("/notifications?tab=dead");
  await user.click(await screen.findByRole("button", { name: "Requeue web expires" }));
  expect(await screen.findByText("No dead letters")).toBeVisible();
  expect(await screen.findByText(/Requeued/)).toBeVisible();
  expect(document.activeElement).not.toBe(document.body);
});

test("a refusal says why, in the API's words", async () => {
  api.notifications.push(dead());
  const { user } = renderAt("/notifications");
  api.failNext("POST", /requeue$/, 409, "It is queued already.");
  await user.click(await screen.findByRole("button", { name: "Requeue web expires" }));
  expect(await screen.findByText("It is queued already.")).toBeVisible();
});

test("lists are read again every thirty seconds", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "Date"] });
  try {
    api.notifications.push(dead());
    renderAt("/notifications?tab=dead");
    expect(await screen.findByText("web expires")).toBeVisible();
    const before = requestsFor("dead").length;
    await vi.advanceTimersByTimeAsync(30_100);
    await waitFor(() => expect(requestsFor("dead")).toHaveLength(before + 1));
  } finally {
    vi.useRealTimers();
  }
});

test("marking as read is shown at once, and undone where the API refuses", async () => {
  api.notifications.push(sent());
  const { user } = renderAt("/notifications");
  api.failNext("POST", /read$/, 500, "Broken.");
  await user.click(await screen.findByRole("button", { name: "Mark read api renewed" }));
  expect(await screen.findByText("Broken.")).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "Mark read api renewed" }));
  await waitFor(() => expect(screen.queryByText("Unread")).not.toBeInTheDocument());
  expect(api.notifications[0]?.read_at).not.toBeNull();
});

test("groups are by certificate, named, counted, and can be closed", async () => {
  const about = { certificate_id: "crt-1", certificate_name: "shop.example.com" };
  api.notifications.push(dead(about), sent({ certificate_id: "crt-2" }), dead({ ...about, subject: "other" }));
  const { user } = renderAt("/notifications");
  const head = await screen.findByRole("button", { name: "shop.example.com", expanded: true });
  expect(screen.getByText("2 dead")).toBeVisible();
  await user.click(head);
  expect(screen.queryByText("web expires")).not.toBeInTheDocument();
  expect(screen.getByText("api renewed")).toBeVisible();
});

test("the list view names the certificate of each row, and reads none for that", async () => {
  api.notifications.push(sent({ certificate_id: "crt-2", certificate_name: "api" }), sent({ certificate_id: "crt-3" }));
  const { user } = renderAt("/notifications");
  await user.click(await screen.findByRole("radio", { name: "List" }));
  expect(await screen.findByRole("link", { name: "api" })).toHaveAttribute("href", "/certificates/crt-2");
  expect(screen.getByRole("link", { name: "crt-3" })).toBeVisible();
  expect(api.callsTo("GET", /^\/certificates/)).toEqual([]);
});

test("type and status filters go to the API, and the dead-letter tab has no status of its own choice", async () => {
  api.notifications.push(dead(), sent());
  const { user } = renderAt("/notifications?type=RenewalSuccess&status=sent");
  expect(await screen.findByText("api renewed")).toBeVisible();
  expect(screen.queryByText("web expires")).not.toBeInTheDocument();
  await user.click(await deadTab());
  expect(await screen.findByText("No results match these filters")).toBeVisible();
  expect(screen.queryByRole("combobox", { name: "Status" })).not.toBeInTheDocument();
  expect(requestsFor("dead").at(-1)?.query.get("type")).toBe("RenewalSuccess");
});

test("skipped, muted and folded rows are not called sent, and a folded one leads to its fold", async () => {
  const fold = sent({ id: "notif-fold", subject: "12 alerts at once" });
  api.notifications.push(
    sent({ outcome: "skipped", sent_at: null }),
    sent({ outcome: "muted", sent_at: null }),
    sent({ outcome: "folded", sent_at: null, folded_into: "notif-fold" }),
    fold,
  );
  const { user } = renderAt("/notifications?view=list");
  const table = within(await screen.findByRole("table"));
  expect(table.getByText("Skipped")).toBeVisible();
  expect(table.getByText("Muted")).toBeVisible();
  expect(table.getAllByText("Sent")).toHaveLength(1);
  await user.click(screen.getByRole("link", { name: "Folded" }));
  expect(await openDialog("12 alerts at once")).toBeVisible();
});

test("the next try of a failed row is counted down", async () => {
  const at = new Date(Date.now() + 90_500).toISOString();
  api.notifications.push(notification({ status: "failed", retry_count: 2, next_retry_at: at }));
  renderAt("/notifications");
  expect(await screen.findByText(/in 1 min (2\d|30|31) s/)).toBeVisible();
  expect(screen.getByText("Retry 2/5")).toBeVisible();
});

test("viewers see everything and can change nothing", async () => {
  api.actAs("viewer");
  api.notifications.push(dead());
  renderAt("/notifications");
  expect(await screen.findByText("web expires")).toBeVisible();
  for (const name of [/^Requeue/, /^Mark read/]) expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
  expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
});

test("what could not be read can be tried again", async () => {
  api.notifications.push(dead());
  api.failNext("GET", /^\/notifications$/, 503, "Busy.", 3);
  const { user } = renderAt("/notifications");
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("web expires")).toBeVisible();
});

test("of ten thousand rows few are in the document", async () => {
  api.notifications = Array.from({ length: 10_000 }, (_, index) => sent({ certificate_id: `crt-${index % 700}` }));
  renderAt("/notifications");
  expect((await screen.findAllByText("api renewed")).length).toBeLessThan(60);
});

test("both tabs are accessible", async () => {
  api.channels.push(channel());
  api.notifications.push(dead(), sent(), sent({ outcome: "folded", folded_into: "notif-1" }));
  const { user, container } = renderAt("/notifications");
  expect(await screen.findByText("web expires")).toBeVisible();
  await expectAccessible(container);
  await user.click(await deadTab());
  expect(await screen.findByText("web expires")).toBeVisible();
  await expectAccessible(container);
});
