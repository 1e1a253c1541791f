import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, job } from "../../test/builders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

async function rendered(path = "/nowhere") {
  const result = renderAt(path);
  await screen.findByRole("heading", { level: 1 });
  return result;
}

test("g and a letter go to a page, n begins a new record of its kind", async () => {
  const { user } = await rendered();
  await user.keyboard("gj");
  expect(await screen.findByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();
  await user.keyboard("n");
  expect(await screen.findByRole("heading", { level: 1, name: "New certificate" })).toBeVisible();
  await user.keyboard("ga");
  await screen.findByRole("heading", { level: 1, name: "Agents" });
  await user.keyboard("n");
  const dialog = await screen.findByRole("dialog", { name: "Enroll an agent" });
  await waitFor(() => expect(dialog).toBeVisible());
});

test("keys do nothing while one types, in a dialog, and for a role without the page", async () => {
  api.actAs("viewer");
  const { user } = await rendered("/certificates");
  await user.type(await screen.findByRole("textbox", { name: "Search" }), "gj?n/");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
  await user.click(screen.getByRole("heading", { level: 1 }));
  await user.keyboard("gu");
  await user.keyboard("n");
  expect(screen.getByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
  await user.keyboard("gj");
  expect(screen.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
});

test("the sheet lists the keys and switches them off, for the next visit too; Ctrl-K stays", async () => {
  const { user } = await rendered();
  await user.keyboard("?");
  await expectAccessible(await screen.findByRole("dialog", { name: "Keyboard shortcuts" }));
  await user.click(screen.getByRole("switch", { name: /^Single-key shortcuts/ }));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(localStorage.getItem("certctl.shortcuts")).toBe("off");
  await user.keyboard("?");
  await user.keyboard("/");
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.keyboard("{Control>}k{/Control}");
  expect(await screen.findByRole("dialog", { name: "Search" })).toBeVisible();
});

test("j and k go through the rows of a list", async () => {
  api.certificates.push(certificate({ id: "mc-1", name: "a.example.com" }), certificate({ id: "mc-2", name: "b.example.com" }));
  const { user } = await rendered("/certificates");
  const first = await screen.findByRole("link", { name: "a.example.com" });
  await user.keyboard("j");
  expect(first).toHaveFocus();
  await user.keyboard("j");
  expect(screen.getByRole("link", { name: "b.example.com" })).toHaveFocus();
  await user.keyboard("k");
  expect(first).toHaveFocus();
});

test("while a row's drawer is open, j opens the next row's", async () => {
  api.jobs.push(job({ id: "job-1" }), job({ id: "job-2" }));
  const { user } = await rendered("/jobs?open=job-1");
  await screen.findByRole("dialog");
  await waitFor(() => expect(document.querySelectorAll('a[href*="open=job-2"]').length).toBeGreaterThan(0));
  await user.keyboard("j");
  await waitFor(() => expect(api.callsTo("GET", /^\/jobs\/job-2$/).length).toBeGreaterThan(0));
});
