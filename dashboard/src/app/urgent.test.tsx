import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderAt } from "../test/render";
import { api } from "../test/server";

function favicon(): HTMLLinkElement {
  const link = document.createElement("link");
  link.rel = "icon";
  link.setAttribute("href", "/icon.svg");
  document.head.append(link);
  return link;
}

test("what waits for a person is counted in the navigation, the title and the tab's icon", async () => {
  const icon = favicon();
  api.summary = { notifications_dead: 3, expired_certificates: 1 };
  const { unmount } = renderAt("/nowhere");
  expect(await screen.findByRole("link", { name: /^Notifications.*3 dead letters$/ })).toBeVisible();
  expect(screen.getByRole("link", { name: /^Certificates.*1 expired certificate$/ })).toBeVisible();
  await waitFor(() => expect(document.title).toMatch(/^\(4\) .* · certctl$/));
  expect(decodeURIComponent(icon.href)).toContain(">4</text>");
  unmount();
  expect(document.title).not.toContain("(");
  expect(icon.getAttribute("href")).toBe("/icon.svg");
  icon.remove();
});

test("without anything that waits, there is no count", async () => {
  renderAt("/nowhere");
  await screen.findByRole("heading", { level: 1 });
  await waitFor(() => expect(api.callsTo("GET", /^\/stats\/summary$/)).toHaveLength(1));
  expect(screen.getByRole("link", { name: "Notifications" })).toBeVisible();
  expect(document.title).not.toContain("(");
});
