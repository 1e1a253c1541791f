// Read before the clock of the first test starts: the page is loaded lazily.
import "./Notifications";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { attempt, job, notification } from "../../test/builders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const row = (fields = {}) => notification({ id: "notif-1", subject: "web expires", ...fields });

test("the history tells each attempt's time, outcome, status, duration and error, newest first", async () => {
  const attempts = [
    attempt({ n: 1, outcome: "retryable", status_code: 503, duration_ms: 120, error: "HTTP 503" }),
    attempt({ n: 2, outcome: "permanent", status_code: 400, duration_ms: 1_045, error: "invalid_payload" }),
  ];
  api.notifications.push(row({ status: "dead", retry_count: 2, last_error: "invalid_payload of the receiver", attempts }));
  const { user } = renderAt("/notifications");
  await user.click(await screen.findByRole("link", { name: "web expires" }));
  const drawer = await openDialog("web expires");
  const rows = within(within(drawer).getByRole("table", { name: "Attempts" })).getAllByRole("row");
  const [newest, oldest] = rows.slice(1).map((one) => ({ one, texts: within(one) }));
  const texts = ["2", "Permanent", "invalid_payload", "400", "1,045 ms"];
  for (const text of texts) expect(newest?.texts.getByText(text)).toBeVisible();
  expect(oldest?.texts.getByText("Retryable")).toBeVisible();
  expect(newest?.one.querySelector("time")).toHaveAttribute("datetime", "2026-11-20T08:00:00Z");
  expect(within(drawer).getByText("invalid_payload of the receiver")).toBeVisible();
  await expectAccessible(drawer);
});

test("it closes with Escape, and the focus goes back to the row", async () => {
  api.notifications.push(row());
  const { user } = renderAt("/notifications");
  await user.click(await screen.findByRole("link", { name: "web expires" }));
  await openDialog("web expires");
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("link", { name: "web expires" })).toHaveFocus();
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

test("one that does not exist says so and can be closed", async () => {
  renderAt("/notifications?open=notif-9");
  const drawer = await openDialog("Notification");
  expect(await within(drawer).findByText("There is no such record.")).toBeVisible();
  expect(within(drawer).getByRole("button", { name: "Close" })).toBeVisible();
});

test("a row that nobody tried to send says so", async () => {
  api.notifications.push(row({ status: "pending", sent_at: null }));
  renderAt("/notifications?open=notif-1");
  expect(await screen.findByText(/No attempts yet/)).toBeVisible();
});

test("the alert of a bulk revocation leads to its job, from the row and from the drawer", async () => {
  api.jobs.push(job({ id: "job-7", type: "BulkRevocation", certificate_id: null, team_id: null }));
  api.notifications.push(row({ certificate_id: null, team_id: null, type: "Revocation", job_id: "job-7" }));
  const { user } = renderAt("/notifications");
  const subject = await screen.findByRole("link", { name: "web expires" });
  const ofRow = within(subject.closest("tr") as HTMLElement).getByRole("link", { name: "Job" });
  expect(ofRow).toHaveAttribute("href", "/jobs?open=job-7");
  await user.click(subject);
  const drawer = await openDialog("web expires");
  await user.click(await within(drawer).findByRole("link", { name: "job-7" }));
  expect(await openDialog("Bulk revocation")).toBeVisible();
});

test("an alert without a job shows none", async () => {
  api.notifications.push(row());
  renderAt("/notifications?open=notif-1");
  const drawer = await openDialog("web expires");
  expect(await within(drawer).findByText("Recipient")).toBeVisible();
  expect(screen.queryByText("Job")).not.toBeInTheDocument();
});
