import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { notify } from "../components/notices";
import { expectAccessible } from "../test/accessibility";
import { renderAt } from "../test/render";
import { api } from "../test/server";

async function linksOf(): Promise<string[]> {
  const navigation = await screen.findByRole("navigation", { name: "Pages" });
  return within(navigation)
    .getAllByRole("link")
    .map((link) => link.textContent);
}

test("the navigation has the pages that the role may read", async () => {
  api.actAs("viewer");
  renderAt("/certificates");
  expect(await linksOf()).toEqual(expect.arrayContaining(["Overview", "Certificates", "Notifications", "Jobs"]));
  expect(await linksOf()).not.toContain("Audit");
});

test("pages of configuration are in groups, and the group of the shown page is open", async () => {
  const { user } = renderAt("/targets");
  const delivery = await screen.findByRole("button", { name: "Delivery" });
  expect(delivery).toHaveAttribute("aria-expanded", "true");
  expect(await linksOf()).toEqual(expect.arrayContaining(["Targets", "Agents"]));
  expect(await linksOf()).not.toContain("Issuers");
  await user.click(screen.getByRole("button", { name: "PKI" }));
  expect(await linksOf()).toEqual(expect.arrayContaining(["Policies", "Issuers", "CAs", "Profiles", "Renewal policies"]));
});

test("a page that the role may not read says so at its address", async () => {
  api.actAs("viewer");
  renderAt("/audit");
  expect(await screen.findByText("No access")).toBeVisible();
});

test("a stack without the inventory has none of its pages, and says so at their addresses", async () => {
  api.features = [];
  renderAt("/endpoints");
  expect(await screen.findByText(/deployed with the parameter Inventory=false/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Discovery" })).not.toBeInTheDocument();
  expect(api.callsTo("GET", /^\/(inventory|endpoints)/)).toEqual([]);
});

test("an unknown address says so and leads back", async () => {
  const { user } = renderAt("/nowhere");
  await user.click(await screen.findByRole("link", { name: "overview" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("after navigation the heading has the focus and the title is the page's", async () => {
  const { user } = renderAt("/nowhere");
  await user.click(await screen.findByRole("link", { name: "Certificates" }));
  const heading = await screen.findByRole("heading", { level: 1, name: "Certificates" });
  await waitFor(() => expect(heading).toHaveFocus());
  expect(document.title).toBe("Certificates · certctl");
});

test("the first stop of the keyboard skips to the content", async () => {
  const { user } = renderAt("/nowhere");
  await screen.findByRole("heading", { level: 1 });
  await user.tab();
  expect(screen.getByRole("link", { name: "Skip to content" })).toHaveFocus();
  expect(document.querySelector("main#content")).not.toBeNull();
});

test("the colour scheme is the system's until one is chosen, and the choice is kept", async () => {
  const { user } = renderAt("/nowhere");
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark");
  expect(localStorage.getItem("mantine-color-scheme-value")).toBe("dark");
  await user.click(screen.getByRole("radio", { name: "System" }));
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "light");
});

test("times are local and relative until UTC or exact ones are chosen, and the choice is kept", async () => {
  const { user } = renderAt("/nowhere");
  await user.click(await screen.findByRole("button", { name: "Time display" }));
  expect(await screen.findByRole("radio", { name: "Local time" })).toBeChecked();
  expect(screen.getByRole("radio", { name: "Relative" })).toBeChecked();
  await user.click(screen.getByRole("radio", { name: "UTC" }));
  await user.click(screen.getByRole("radio", { name: "Exact" }));
  expect(localStorage.getItem("certctl.time-zone")).toBe("utc");
  expect(localStorage.getItem("certctl.time-form")).toBe("exact");
});

test("on a narrow screen the navigation is a drawer that closes once a page is chosen", async () => {
  const { user } = renderAt("/nowhere");
  await user.click(await screen.findByRole("button", { name: "Open navigation" }));
  const drawer = await screen.findByRole("dialog");
  await user.click(within(drawer).getByRole("link", { name: "Certificates" }));
  await screen.findByRole("heading", { level: 1, name: "Certificates" });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("no page writes a style element, which the content security policy would refuse", async () => {
  const before = document.querySelectorAll("style").length;
  const { user } = renderAt("/certificates/new");
  await screen.findByRole("heading", { level: 1, name: "New certificate" });
  await act(() => user.click(screen.getByRole("button", { name: "Open navigation" })));
  await screen.findByRole("dialog");
  expect(document.querySelectorAll("style")).toHaveLength(before);
});

test("the shell is accessible", async () => {
  const { container } = renderAt("/nowhere");
  await screen.findByRole("heading", { level: 1 });
  await expectAccessible(container);
});

test("a notice is closed by a button with a name", async () => {
  const { user } = renderAt("/nowhere");
  await screen.findByRole("heading", { level: 1 });
  act(() => notify({ message: "Cancelled.", autoClose: false }));
  expect(await screen.findByText("Cancelled.")).toBeVisible();
  await expectAccessible(document.body);
  await user.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByText("Cancelled.")).not.toBeInTheDocument());
});
