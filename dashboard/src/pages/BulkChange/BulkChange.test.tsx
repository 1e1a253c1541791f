// Read before the clock of the first test starts: the pages are loaded lazily.
import "../Certificates/Certificates";
import "./BulkChange";

import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, job } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

async function select(user: UserEvent, names: readonly string[], act: RegExp): Promise<void> {
  for (const name of names) await user.click(await screen.findByRole("checkbox", { name: `Select ${name}` }));
  await user.click(screen.getByRole("button", { name: /Bulk actions/ }));
  await user.click(await screen.findByRole("menuitem", { name: act }));
}

async function resultOf(name: string): Promise<HTMLElement> {
  const table = await screen.findByRole("table", { name: "results" });
  return within(table).getByRole("link", { name }).closest("tr") as HTMLElement;
}

test("what is selected is renewed, each to the end of its job; what cannot be is left out with the reason", async () => {
  api.certificates.push(
    certificate({ id: "crt-a", name: "a" }),
    certificate({ id: "crt-b", name: "b" }),
    certificate({ id: "crt-c", name: "c", status: "OnHold" }),
  );
  api.jobs.push(job({ id: "job-new", type: "Renewal", status: "Completed" }));
  api.failNext("POST", /crt-b\/renew$/, 409, "The job job-9 of this certificate is still open.");
  const { user, container } = renderAt("/certificates");
  await select(user, ["a", "b", "c"], /^Renew/);
  expect(await screen.findByText("2 certificates would be renewed, 1 left out")).toBeVisible();
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Renew 2 certificates" }));
  await waitFor(async () => expect(await resultOf("a")).toHaveTextContent("Renewed"));
  expect(await resultOf("b")).toHaveTextContent("Refused");
  expect(await resultOf("b")).toHaveTextContent("still open");
  expect(await resultOf("c")).toHaveTextContent("It is on hold.");
});

test("owner and team are given to each under its own version", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.certificates.push(certificate({ id: "crt-a", name: "a", version: 4 }), certificate({ id: "crt-b", name: "b", team_id: "t-pay" }));
  const { user } = renderAt("/certificates");
  await select(user, ["a", "b"], /^Reassign/);
  expect(await screen.findByText("Choose an owner or a team.")).toBeVisible();
  await choose(user, screen.getByRole("combobox", { name: "Team" }), "Payments (t-pay)");
  expect(await screen.findByText("1 certificate would be reassigned, 1 left out")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Reassign 1 certificate" }));
  await waitFor(async () => expect(await resultOf("a")).toHaveTextContent("Changed"));
  const calls = api.callsTo("PUT", /^\/certificates\//);
  expect(calls.map(({ body }) => body)).toEqual([{ team_id: "t-pay" }]);
  expect(calls[0]?.headers.get("If-Match")).toBe('"4"');
});

test("tags are added and removed, and the others stay", async () => {
  api.certificates.push(certificate({ id: "crt-a", name: "a", tags: { tier: "1", old: "x" } }));
  const { user } = renderAt("/certificates");
  await select(user, ["a"], /^Edit tags/);
  await user.type(await screen.findByLabelText("Add or replace", { selector: "input:not([type=hidden])" }), "cost=42{Enter}");
  await user.type(screen.getByLabelText("Remove", { selector: "input:not([type=hidden])" }), "old{Enter}");
  await user.click(screen.getByRole("button", { name: "Edit tags of 1 certificate" }));
  await waitFor(() =>
    expect(api.callsTo("PUT", /^\/certificates\//).map(({ body }) => body)).toEqual([{ tags: { tier: "1", cost: "42" } }]),
  );
});

test("archiving asks for a typed word, and says what the API refused; the results can be downloaded", async () => {
  const create = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:test");
  api.certificates.push(certificate({ id: "crt-a", name: "a" }), certificate({ id: "crt-b", name: "b" }));
  api.failNext("DELETE", /crt-b$/, 409, "This certificate has valid versions.");
  const { user } = renderAt("/certificates");
  await select(user, ["a", "b"], /^Archive/);
  await user.click(await screen.findByRole("button", { name: "Archive 2 certificates" }));
  const question = await openDialog("Archive 2 certificates?");
  await user.type(within(question).getByRole("textbox"), "archive 2");
  await user.click(within(question).getByRole("button", { name: "Archive certificates" }));
  await waitFor(async () => expect(await resultOf("a")).toHaveTextContent("Archived"));
  expect(await resultOf("b")).toHaveTextContent("This certificate has valid versions.");
  expect(api.callsTo("DELETE", /^\/certificates\//)[0]?.query.get("keep_valid")).toBe("false");
  await user.click(screen.getByRole("button", { name: "Download results" }));
  expect(create).toHaveBeenCalledOnce();
  create.mockRestore();
});

test("without a selection it says how to make one", async () => {
  renderAt("/certificates/bulk?act=renew");
  expect(await screen.findByText("No certificates selected")).toBeVisible();
});
