// Read before the clock of the first test starts: the pages are loaded lazily.
import "../Certificates/Certificates";
import "./BulkRevocation";

import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, job } from "../../test/builders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { selectedInWords } from "../Certificates/BulkMenu";

async function openMenu(user: UserEvent): Promise<void> {
  await user.click(await screen.findByRole("button", { name: /Bulk actions/ }));
}

const bulkCalls = () => api.callsTo("POST", /bulk-revoke$/).map(({ body }) => body as Record<string, unknown>);
const progress = {
  total: 3,
  matched: 3,
  done: 1,
  skipped: 1,
  failed: 1,
  errors: [{ certificate_id: "crt-9", error: "The issuer refused it." }],
};

test("all that a filter finds are revoked by a job, after a dry run, a reason and a typed word", async () => {
  api.certificates = Array.from({ length: 5 }, () => certificate({ team_id: "t-pay" }));
  const { user, container } = renderAt("/certificates?team_id=t-pay");
  await openMenu(user);
  await user.click(await screen.findByRole("menuitem", { name: "Revoke all that match the filters" }));
  expect(await screen.findByText("5 certificates would be revoked")).toBeVisible();
  expect(screen.getByText("All certificates of team t-pay")).toBeVisible();
  expect(bulkCalls().every(({ dry_run }) => dry_run === true)).toBe(true);
  await user.click(screen.getByRole("radio", { name: "Superseded" }));
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Revoke 5" }));
  const question = await openDialog("Revoke 5 certificates?");
  const mutation = within(question).getByRole("button", { name: "Revoke certificates" });
  expect(mutation).toBeDisabled();
  await user.type(within(question).getByLabelText("Type revoke 5 to confirm"), "revoke 5");
  await user.click(mutation);
  expect(await screen.findByText(/the job continues/)).toBeVisible();
  expect(bulkCalls().at(-1)).toEqual({ team_id: "t-pay", reason: "superseded" });
});

test("selected rows are revoked, whatever the filter", async () => {
  api.certificates.push(
    certificate({ id: "crt-a", name: "a" }),
    certificate({ id: "crt-b", name: "b" }),
    certificate({ name: "c", status: "Revoked" }),
  );
  const { user } = renderAt("/certificates?search=crt");
  await user.click(await screen.findByRole("checkbox", { name: "Select a" }));
  expect(screen.queryByRole("checkbox", { name: "Select c" })).not.toBeInTheDocument();
  await openMenu(user);
  await user.click(await screen.findByRole("menuitem", { name: "Revoke 1 selected" }));
  expect(await screen.findByText("1 certificate would be revoked")).toBeVisible();
  expect(bulkCalls()[0]).toMatchObject({ certificate_ids: ["crt-a"], dry_run: true });
});

test("more rows than a job takes are not left out silently", () => {
  expect(selectedInWords(1_000)).toBe("1000 selected");
  expect(selectedInWords(1_234)).toBe("the first 1,000 of 1,234 selected (a job takes 1,000)");
});

test("a filter that bulk revocation does not know cannot be used, and the menu says why", async () => {
  api.certificates.push(certificate({ name: "a.example.com", common_name: "a.example.com", team_id: "t-pay" }));
  const { user } = renderAt("/certificates?team_id=t-pay&search=a&within=168");
  await openMenu(user);
  const item = await screen.findByRole("menuitem", { name: /Revoke all that match/ });
  expect(item).toBeDisabled();
  expect(item).toHaveTextContent("Not available with the filter search, expiry: select rows instead.");
});

test("status and environment alone choose too much, and the menu says so", async () => {
  const { user } = renderAt("/certificates?environment=production");
  await openMenu(user);
  expect(await screen.findByRole("menuitem", { name: /Revoke all that match/ })).toHaveTextContent("Status and environment are not enough");
});

test("all that would be revoked can be looked at with its facts, and downloaded", async () => {
  const create = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:test");
  api.certificates = Array.from({ length: 25 }, (_, n) =>
    certificate({ name: `host-${n}`, team_id: "t-pay", environment: "staging", target_ids: ["tgt-1", "tgt-2"] }),
  );
  const { user } = renderAt("/certificates/bulk-revoke?team_id=t-pay");
  expect(await screen.findByText("25 certificates would be revoked")).toBeVisible();
  const table = screen.getByRole("table", { name: "certificates" });
  expect(table).toHaveAttribute("aria-rowcount", "26");
  const row = within(table).getByRole("link", { name: "host-0" }).closest("tr");
  expect(row).toHaveTextContent(/Active.*staging.*2$/);
  await user.click(screen.getByRole("button", { name: "Download CSV" }));
  expect(create).toHaveBeenCalledOnce();
  create.mockRestore();
});

test("only administrators are offered it", async () => {
  api.actAs("operator");
  api.certificates.push(certificate({ name: "a" }));
  const { user } = renderAt("/certificates?team_id=t-default");
  await openMenu(user);
  expect(await screen.findByRole("menuitem", { name: /^Renew/ })).toBeInTheDocument();
  expect(screen.queryByRole("menuitem", { name: /Revoke/ })).not.toBeInTheDocument();
});

test("a viewer is offered nothing", async () => {
  api.actAs("viewer");
  api.certificates.push(certificate({ name: "a" }));
  renderAt("/certificates");
  expect(await screen.findByRole("link", { name: "a" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /Bulk actions/ })).not.toBeInTheDocument();
  expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
});

test("the job's progress is shown until its end, with what failed", async () => {
  api.jobs.push(job({ id: "job-bulk", type: "BulkRevocation", status: "Completed", certificate_id: null, team_id: null, progress }));
  const { container } = renderAt("/certificates/bulk-revoke?job=job-bulk");
  expect(await screen.findByText("3 of 3")).toBeVisible();
  expect(screen.getByText(/The issuer refused it/)).toBeVisible();
  expect(screen.getByRole("link", { name: "crt-9" })).toHaveAttribute("href", "/certificates/crt-9");
  await expectAccessible(container);
});

test("a dry run that fails can be tried again", async () => {
  api.certificates.push(certificate({ team_id: "t-pay" }));
  api.failNext("POST", /bulk-revoke$/, 503, "Busy.", 3);
  const { user } = renderAt("/certificates/bulk-revoke?team_id=t-pay");
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.getByText("1 certificate would be revoked")).toBeVisible());
});

test("without a choice it says how to make one", async () => {
  renderAt("/certificates/bulk-revoke");
  expect(await screen.findByText("No certificates selected")).toBeVisible();
});
