import { onlineManager } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react";
import { http } from "msw";
import { afterEach, expect, test } from "vitest";

import { forgetConnection } from "../api/connection";
import { expectAccessible } from "../test/accessibility";
import { certificate } from "../test/builders";
import { renderAt } from "../test/render";
import { api, server } from "../test/server";

afterEach(() => act(forgetConnection));

const refresh = async ({ user }: ReturnType<typeof renderAt>) => user.click(await screen.findByRole("button", { name: "Refresh" }));

async function openWithOne() {
  api.certificates.push(certificate({ common_name: "shop.example.com" }));
  const rendered = renderAt("/certificates");
  await screen.findByText("shop.example.com");
  return rendered;
}

test("while nothing answers, a banner says since when and how old the page is, and the page has no colour", async () => {
  const rendered = await openWithOne();
  server.use(http.get("*/api/*", () => Response.error()));
  await refresh(rendered);
  expect(await screen.findByRole("alert")).toHaveTextContent(/The API has not responded since \d+:\d\d:\d\d/);
  expect(screen.getByText(/Showing data from \d+:\d\d:\d\d.* \(.*\)/)).toBeVisible();
  expect(screen.getByText("shop.example.com").closest("[data-outdated]")).toHaveAttribute("data-outdated", "true");
  await expectAccessible(rendered.container);
});

test("once the API answers again, the banner is gone and the page is read again", async () => {
  const rendered = await openWithOne();
  server.use(http.get("*/api/*", () => new Response("<html>Bad gateway</html>", { status: 502 })));
  await refresh(rendered);
  await screen.findByText(/has not responded/);
  server.resetHandlers();
  api.certificates.push(certificate({ common_name: "wiki.example.com" }));
  const [retry] = screen.getAllByRole("button", { name: "Try again" });
  if (retry !== undefined) await rendered.user.click(retry);
  expect(await screen.findByText("wiki.example.com")).toBeVisible();
  expect(screen.queryByText(/has not responded/)).toBeNull();
});

test("one route that is broken is no outage: the page says what it could not refresh", async () => {
  const rendered = await openWithOne();
  server.use(http.get("*/certificates", () => new Response("", { status: 500 })));
  await refresh(rendered);
  expect(await screen.findByText(/Could not refresh/)).toBeVisible();
  await waitFor(() => expect(api.calls.filter(({ path }) => path === "/auth/session").length).toBeGreaterThan(1));
  expect(screen.queryByText(/has not responded/)).toBeNull();
});

test("a device without a network says so, until it has one again", async () => {
  await openWithOne();
  act(() => onlineManager.setOnline(false));
  expect(await screen.findByText("This device is offline.")).toBeVisible();
  act(() => onlineManager.setOnline(true));
  await waitFor(() => expect(screen.queryByText("This device is offline.")).toBeNull());
});
