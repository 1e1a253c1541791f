// Read before the clock of the first test starts: the page is loaded lazily.
import "./Notifications";

import { screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { requeueNotification } from "../../api/notifications";
import { notification } from "../../test/builders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

vi.mock("../../api/notifications", async (original) => {
  const calls = await original<typeof import("../../api/notifications")>();
  return { ...calls, requeueNotification: vi.fn(calls.requeueNotification) };
});

test.each([
  ["All, grouped", "/notifications"],
  ["All, as a list", "/notifications?view=list"],
  ["Dead letter, grouped", "/notifications?tab=dead"],
  ["Dead letter, as a list", "/notifications?tab=dead&view=list"],
  ["the drawer", "/notifications?open=notif-dead-001&type=Revocation"],
])("a requeue hands exactly one argument to the API client: %s", async (_, path) => {
  vi.mocked(requeueNotification).mockClear();
  api.notifications.push(notification({ id: "notif-dead-001", status: "dead", subject: "web expires" }));
  const { user } = renderAt(path);
  await user.click(await screen.findByRole("button", { name: "Requeue web expires" }));
  await waitFor(() => expect(requeueNotification).toHaveBeenCalledWith("notif-dead-001"));
  expect(vi.mocked(requeueNotification).mock.calls).toEqual([["notif-dead-001"]]);
});
