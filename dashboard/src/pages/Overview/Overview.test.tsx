import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { AttentionItem, AttentionLine } from "../../api/attention";
import { expectAccessible } from "../../test/accessibility";
import { certificate, channel, daysFromNow } from "../../test/builders";
import { observed } from "../../test/inventoryBuilders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { durationOf } from "./duration";
import { barsOf, listOfBar } from "./expiry";

const OVERVIEW = /stats\/overview/;

function days(counts: readonly number[]) {
  return counts.map((count, ahead) => ({ date: daysFromNow(ahead).slice(0, 10), count }));
}

function metric(name: string, value: number, labels: Record<string, string> = {}) {
  return { name, type: "gauge" as const, help: "", samples: [{ labels, value }] };
}

const region = (name: string) => within(screen.getByRole("region", { name }));

test("tiles count the fleet and lead to what they count", async () => {
  api.certificates.push(certificate({ status: "Expiring" }), certificate());
  api.summary = { notifications_dead: 3, failed_jobs: 2 };
  renderAt("/");
  const tiles = within(await screen.findByRole("list", { name: "Summary" }));
  expect(tiles.getByRole("link", { name: "Certificates 2" })).toHaveAttribute("href", "/certificates");
  expect(tiles.getByRole("link", { name: "Expiring 1" })).toHaveAttribute("href", "/certificates?status=Expiring");
  expect(tiles.getByRole("link", { name: "Dead letters 3" })).toHaveAttribute("href", "/notifications?tab=dead");
});

test("a number that cannot be read is not shown as zero, and costs no other", async () => {
  api.certificates.push(certificate());
  api.summary = { notifications_dead: null, unknown: ["notifications_dead"] };
  renderAt("/");
  const tiles = within(await screen.findByRole("list", { name: "Summary" }));
  expect(tiles.getByRole("link", { name: "Dead letters not known" })).toBeVisible();
  expect(tiles.getByRole("link", { name: "Certificates 1" })).toBeVisible();
});

test("the numbers say when they were compared with the records", async () => {
  api.summary = { recounted_at: "2026-11-24T13:00:00Z" };
  renderAt("/");
  expect((await screen.findByRole("list", { name: "Summary" })).title).toMatch(/^Compared with the records .*2026/);
});

test("expiry begins with 47 days and shows further ahead when asked", async () => {
  api.timeline = days(Array.from({ length: 364 }, (_, ahead) => (ahead === 1 || ahead === 60 ? 3 : 0)));
  const { user } = renderAt("/");
  expect(await screen.findByText("3 certificates expire in the next 47 days.")).toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: "90 days" }));
  expect(await screen.findByText("6 certificates expire in the next 90 days.")).toBeInTheDocument();
  expect(api.callsTo("GET", OVERVIEW)).toHaveLength(1);
});

test("what a chart shows stands in a table for screen readers", async () => {
  api.timeline = days([2, 0, 1]);
  renderAt("/");
  const table = await screen.findByRole("table", { name: /expire in the next 47 days/ });
  const rows = within(table).getAllByRole("row").slice(1);
  expect(rows.map((row) => row.textContent)).toEqual([`${daysFromNow(0).slice(0, 10)}2`, `${daysFromNow(2).slice(0, 10)}1`]);
});

test("bars tell how soon, and become weeks where there are many days", () => {
  const month = barsOf(days(Array.from({ length: 47 }, () => 1)));
  expect(month).toHaveLength(47);
  expect([month[6]?.soon, month[7]?.next, month[29]?.next, month[30]?.later]).toEqual([1, 1, 1, 1]);
  const year = barsOf(days(Array.from({ length: 364 }, () => 1)));
  expect(year).toHaveLength(52);
  expect(year[0]).toMatchObject({ soon: 7, next: 0 });
  expect(year[4]).toMatchObject({ next: 2, later: 5 });
});

test("statuses are listed by number and lead to their certificates", async () => {
  api.certificates.push(certificate(), certificate(), certificate({ status: "OnHold" }));
  renderAt("/");
  const legend = within(await screen.findByRole("list", { name: "Certificates by status" }));
  expect(legend.getAllByRole("link").map((link) => link.textContent)).toEqual(["Active 2", "On hold 1"]);
  expect(legend.getByRole("link", { name: /On hold/ })).toHaveAttribute("href", "/certificates?status=OnHold");
});

test("the job trend says how many succeeded", async () => {
  const date = daysFromNow(-1).slice(0, 10);
  api.jobTrend = [{ date, created_count: 4, completed_count: 3, failed_count: 1, cancelled_count: 0, success_rate: 75 }];
  renderAt("/");
  expect(await screen.findByText("3 completed and 1 failed in 30 days. 75% succeeded.")).toBeInTheDocument();
});

test("notification health has what was sent, retried, died and waits, and each channel's state", async () => {
  api.metrics = [
    {
      ...metric("certctl_notification_sends_total", 0),
      samples: [
        { labels: { channel: "slack-default", outcome: "delivered" }, value: 40 },
        { labels: { channel: "sns-default", outcome: "accepted" }, value: 2 },
        { labels: { channel: "slack-default", outcome: "retryable" }, value: 9 },
      ],
    },
    metric("certctl_notification_waiting", 5, { status: "failed" }),
    metric("certctl_notification_dead", 3),
    metric("certctl_notification_oldest_due_age_seconds", 720),
  ];
  api.channels.push(channel(), channel({ id: "pagerduty-default", state: "open", since: daysFromNow(-0.1) }));
  renderAt("/");
  await screen.findByText("12 min");
  const figures = region("Notifications")
    .getAllByRole("definition")
    .map((value) => value.textContent);
  expect(figures).toEqual(["42", "0", "5", "3", "12 min"]);
  const channels = await screen.findByRole("list", { name: "Channels" });
  expect(
    within(channels)
      .getAllByRole("listitem")
      .map((item) => item.textContent),
  ).toEqual(["slack-defaultWorking", expect.stringMatching(/^pagerduty-default2 hours agoBreaker open$/)]);
});

function line(kind: AttentionLine["kind"], changes: Partial<AttentionLine> = {}): AttentionLine {
  const none = { age_seconds: 0, since: null, href: null, worst: [] };
  return { kind, urgency: "critical", count: 1, is_complete: true, ...none, ...changes };
}

function item(changes: Partial<AttentionItem> = {}): AttentionItem {
  return {
    id: "mc-1",
    name: "shop",
    at: null,
    state: "",
    detail: "",
    certificate_id: "mc-1",
    expires_at: null,
    count: null,
    href: null,
    ...changes,
  };
}

const attentionLines = async () => within(await screen.findByRole("list", { name: "Needs attention" })).getAllByRole("listitem");

test("what needs attention comes first, with its count, its worst examples and the next act", async () => {
  api.attention = [
    line("expired", { count: 4, since: daysFromNow(-5), worst: [item({ at: daysFromNow(-5) })] }),
    line("awaiting_approval", { urgency: "notice", worst: [item({ id: "job-1", name: "wiki" })] }),
  ];
  renderAt("/");
  const [expired, approval] = await attentionLines();
  if (expired === undefined || approval === undefined) throw new Error("There are two lines.");
  expect(expired).toHaveAttribute("data-tone", "bad");
  expect(within(expired).getByRole("link", { name: "4 certificates have expired" })).toHaveAttribute(
    "href",
    "/certificates?status=Expired",
  );
  expect(within(expired).getByRole("link", { name: "shop" })).toHaveAttribute("href", "/certificates/mc-1");
  expect(expired).toHaveTextContent(/^4 certificates have expiredshop5 days agoRenew or archive$/);
  expect(within(expired).getByRole("link", { name: "Renew or archive: certificates have expired" })).toHaveAttribute(
    "href",
    "/certificates?status=Expired",
  );
  expect(approval).toHaveAttribute("data-tone", "busy");
  expect(within(approval).getByRole("link", { name: "Review: job awaits approval" })).toHaveAttribute(
    "href",
    "/jobs?status=AwaitingApproval&open=job-1",
  );
});

test("a channel that holds alerts says how many wait, and leads to them", async () => {
  api.attention = [line("channels_down", { worst: [item({ id: "hooks", name: "hooks", state: "open", count: 2 })] })];
  renderAt("/");
  const lines = await screen.findByRole("list", { name: "Needs attention" });
  expect(lines).toHaveTextContent("Breaker open, 2 alerts waiting");
  expect(within(lines).getByRole("link", { name: "hooks" })).toHaveAttribute("href", "/notifications?status=waiting&channel=hooks");
});

test("a count that is a lower bound says so", async () => {
  api.attention = [line("stuck_renewals", { count: 500, is_complete: false })];
  renderAt("/");
  expect((await attentionLines())[0]).toHaveTextContent("500+ renewals are stuck");
});

test("nothing needs attention only if everything could be counted", async () => {
  renderAt("/");
  expect(await screen.findByText("Nothing needs attention.")).toBeVisible();
});

test("what could not be counted is named, and is not nothing", async () => {
  api.uncounted = ["dead_letters"];
  renderAt("/");
  expect(await screen.findByText("Could not be checked: whether alerts were never delivered.")).toBeVisible();
  expect(screen.queryByText("Nothing needs attention.")).not.toBeInTheDocument();
});

test("an empty stack has a list of what to set up, for those who may", async () => {
  api.channels.push(channel());
  renderAt("/");
  const steps = within(await screen.findByRole("region", { name: "Get started" }));
  expect(steps.getAllByRole("listitem").map((step) => within(step).getByRole("link").getAttribute("href"))).toEqual([
    "/inventory",
    "/channels",
    "/teams",
    "/certificates/new",
    "/agents",
    "/channels",
  ]);
  await waitFor(() => expect(steps.getAllByRole("listitem")[1]).toHaveTextContent("Done"));
});

test("the first step of setup is done once a certificate was found", async () => {
  api.inventory.observed.push(observed());
  renderAt("/");
  const steps = within(await screen.findByRole("region", { name: "Get started" }));
  await waitFor(() => expect(steps.getAllByRole("listitem")[0]).toHaveTextContent(/See what you have.*Done/));
});

test("setup of a stack without the inventory has no step for it", async () => {
  api.features = [];
  renderAt("/");
  const steps = within(await screen.findByRole("region", { name: "Get started" }));
  expect(steps.queryByRole("link", { name: "See what you have" })).not.toBeInTheDocument();
});

test("setup stays until a test alert has gone through", async () => {
  api.certificates.push(certificate());
  api.summary = { total_agents: 1 };
  api.channels.push(channel({ id: "ops-hook" }));
  const { user } = renderAt("/");
  const setup = within(await screen.findByRole("region", { name: "Get started" }));
  api.metrics = [metric("certctl_notification_sends_total", 1, { channel: "ops-hook", outcome: "delivered" })];
  await user.click(await setup.findByRole("button", { name: "Send a test to ops-hook" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Get started" })).not.toBeInTheDocument());
  expect(api.callsTo("POST", /channels\/ops-hook\/test$/)).toHaveLength(1);
});

test("a test alert that failed says why, and setup stays", async () => {
  api.testOutcome = { outcome: "permanent", status_code: 404, error: "HTTP 404", duration_ms: 7 };
  api.channels.push(channel({ id: "ops-hook" }));
  const { user } = renderAt("/");
  await user.click(await screen.findByRole("button", { name: "Send a test to ops-hook" }));
  expect(await screen.findByText("The test failed: HTTP 404.")).toBeVisible();
  expect(screen.getByRole("region", { name: "Get started" })).toBeVisible();
});

test("setup that was dismissed stays away", async () => {
  const first = renderAt("/");
  const setup = within(await screen.findByRole("region", { name: "Get started" }));
  await first.user.click(setup.getByRole("button", { name: "Dismiss" }));
  first.unmount();
  renderAt("/");
  await screen.findByRole("list", { name: "Summary" });
  expect(screen.queryByRole("region", { name: "Get started" })).not.toBeInTheDocument();
});

test("without a channel, the report says that alerts reach nobody", async () => {
  api.attention = [line("no_channel", { urgency: "warning" })];
  renderAt("/");
  const [only] = await attentionLines();
  expect(only).toHaveTextContent(/^No channel is enabled: alerts reach nobodySet up a channel$/);
  expect(screen.getByRole("link", { name: /^Set up a channel:/ })).toHaveAttribute("href", "/channels");
});

test("a job that awaits a CSR says when its certificate expires", async () => {
  const worst = [item({ id: "job-1", name: "build-agents", at: daysFromNow(-0.5), expires_at: daysFromNow(4.4) })];
  api.attention = [line("awaiting_csr", { urgency: "notice", worst })];
  renderAt("/");
  expect((await attentionLines())[0]).toHaveTextContent(/build-agentsexpires in \d days/);
});

test("the urgent are counted as the report counts them", async () => {
  api.attention = [line("expired", { count: 2 }), line("expiring_soon", { count: 3, urgency: "warning" })];
  renderAt("/");
  const tiles = within(await screen.findByRole("list", { name: "Summary" }));
  expect(await tiles.findByRole("link", { name: "Urgent 5" })).toHaveAttribute("href", "/certificates?renewal=urgent");
});

test("viewers are not asked to set anything up", async () => {
  api.actAs("viewer");
  renderAt("/");
  await screen.findByText("Nothing needs attention.");
  expect(screen.queryByRole("region", { name: "Get started" })).not.toBeInTheDocument();
});

test("open jobs lead to the jobs that are counted", async () => {
  api.summary = { pending_jobs: 7 };
  renderAt("/");
  expect(await screen.findByRole("link", { name: "Open jobs 7" })).toHaveAttribute("href", "/jobs?status=open");
});

test("a bar leads to the certificates that expire on its UTC days", () => {
  const two = [
    { date: "2026-11-27", count: 1 },
    { date: "2026-11-28", count: 2 },
  ];
  expect(listOfBar(two, 1)).toBe("/certificates?expires_after=2026-11-27T23:59:59Z&expires_before=2026-11-29T00:00:00Z");
});

test("on a wall the navigation is hidden and the numbers are large", async () => {
  const { container } = renderAt("/?kiosk=1");
  await screen.findByText("Nothing needs attention.");
  expect(container.querySelector("[data-kiosk]")).not.toBeNull();
});

test("an empty stack says so instead of empty charts", async () => {
  renderAt("/");
  expect(await screen.findByText("Nothing expires in the next 47 days")).toBeVisible();
  expect(await screen.findByText("No job ended in the last 30 days")).toBeVisible();
  expect(await screen.findByText(/No channel is set up/)).toBeVisible();
});

test("one card that fails leaves the others, and can be tried again", async () => {
  api.certificates.push(certificate());
  api.overview = { statuses: null };
  const { user } = renderAt("/");
  expect(await screen.findByText("Could not load the statuses")).toBeVisible();
  expect(await screen.findByText("Nothing expires in the next 47 days")).toBeVisible();
  api.overview = {};
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("list", { name: "Certificates by status" })).toBeVisible();
});

test.each([
  [45, "45 s"],
  [720, "12 min"],
  [10_800, "3 h"],
  [200_000, "2 d"],
])("%d seconds read %s", (seconds, text) => {
  expect(durationOf(seconds)).toBe(text);
});

test("the page is accessible", async () => {
  api.timeline = days([2, 0, 1]);
  api.certificates.push(certificate());
  api.channels.push(channel());
  api.attention = [line("expired", { worst: [item({ at: daysFromNow(-5) })] }), line("channels_down", { count: 2 })];
  const { container } = renderAt("/");
  await screen.findByText(/expire in the next 47 days/);
  await screen.findByRole("list", { name: "Channels" });
  await expectAccessible(container);
});
