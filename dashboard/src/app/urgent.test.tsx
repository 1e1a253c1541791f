import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import type { AttentionLine } from "../api/attention";
import { renderAt } from "../test/render";
import { api } from "../test/server";

function favicon(): HTMLLinkElement {
  const link = document.createElement("link");
  link.rel = "icon";
  link.setAttribute("href", "/icon.svg");
  document.head.append(link);
  return link;
}

function line(kind: AttentionLine["kind"], count: number): AttentionLine {
  return { kind, age_seconds: 0, count, urgency: "warning", href: null, is_complete: true, since: null, worst: [] };
}

test("what waits for a person is counted in the navigation, the title and the tab's icon", async () => {
  const icon = favicon();
  api.attention = [
    line("dead_letters", 3),
    line("expired", 1),
    line("expiring_soon", 2),
    line("awaiting_csr", 9),
    { ...line("channels_down", 500), is_complete: false },
  ];
  const { unmount } = renderAt("/nowhere");
  expect(await screen.findByRole("link", { name: /^Notifications.*3 dead letters$/ })).toBeVisible();
  expect(screen.getByRole("link", { name: /^Certificates.*3 urgent certificates$/ })).toBeVisible();
  expect(screen.getByRole("link", { name: /^Channels.*500 or more channels down$/ })).toHaveTextContent("500+");
  await waitFor(() => expect(document.title).toMatch(/^\(506\) .* · certctl$/));
  expect(decodeURIComponent(icon.href)).toContain(">9+</text>");
  unmount();
  expect(document.title).not.toContain("(");
  expect(icon.getAttribute("href")).toBe("/icon.svg");
  icon.remove();
});

test("without anything that waits, there is no count", async () => {
  renderAt("/nowhere");
  await screen.findByRole("heading", { level: 1 });
  await waitFor(() => expect(api.callsTo("GET", /^\/attention$/)).toHaveLength(1));
  expect(screen.getByRole("link", { name: "Notifications" })).toBeVisible();
  expect(document.title).not.toContain("(");
});
