// Read before the clock of the first test starts: the pages are loaded lazily.
import "../Certificates/Certificates";
import "./BulkRevocation";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, job } from "../../test/builders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { selectedInWords } from "../Certificates/RevokeMany";

const bulkCalls = () => api.callsTo("POST", /bulk-revoke$/).map(({ body }) => body as Record<string, unknown>);
const progress = { total: 3, matched: 3, done: 1, skipped: 1, failed: 1, errors: [{ certificate_id: "crt-9", error: "The issuer refused it." }] };

test("all that a filter finds are revoked by a job, after a dry run, a reason and a typed word", async () => {
  api.certificates = Array.from({ length: 5 }, () => certificate({ team_id: "t-pay" }));
  const { user, container } = renderAt("/certificates?team_id=t-pay");
  await user.click(await screen.findByRole("link", { name: "Revoke these" }));
  expect(await screen.findByText("5 certificates would be revoked")).toBeVisible();
  expect(screen.getByText("All certificates of team t-pay")).toBeVisible();
  expect(bulkCalls().every(({ dry_run }) => dry_run === true)).toBe(true);
  await user.click(screen.getByRole("radio", { name: "Superseded" }));
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Revoke 5" }));
  const question = await openDialog("Revoke 5 certificates?");
  const deed = within(question).getByRole("button", { name: "Revoke them" });
  expect(deed).toBeDisabled();
  await user.type(within(question).getByRole("textbox"), "revoke 5");
  await user.click(deed);
  expect(await screen.findByText(/the job goes on/)).toBeVisible();
  expect(bulkCalls().at(-1)).toEqual({ team_id: "t-pay", reason: "superseded" });
});

test("selected rows are revoked, whatever the filter", async () => {
  api.certificates.push(certificate({ id: "crt-a", name: "a" }), certificate({ id: "crt-b", name: "b" }), certificate({ name: "c", status: "Revoked" }));
  const { user } = renderAt("/certificates?search=crt");
  await user.click(await screen.findByRole("checkbox", { name: "Select a" }));
  expect(screen.queryByRole("checkbox", { name: "Select c" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("link", { name: "Revoke 1 selected" }));
  expect(await screen.findByText("1 certificate would be revoked")).toBeVisible();
  expect(bulkCalls()[0]).toMatchObject({ certificate_ids: ["crt-a"], dry_run: true });
});

test("more rows than a job takes are not left out silently", () => {
  expect(selectedInWords(1_000)).toBe("1000 selected");
  expect(selectedInWords(1_234)).toBe("the first 1,000 of 1,234 selected (a job takes 1,000)");
});

test("a filter that bulk revocation does not know leads nowhere", async () => {
  api.certificates.push(certificate({ name: "a.example.com", common_name: "a.example.com", team_id: "t-pay" }));
  renderAt("/certificates?team_id=t-pay&search=a");
  expect(await screen.findByRole("checkbox", { name: "Select a.example.com" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Revoke these" })).not.toBeInTheDocument();
});

test("only administrators are offered it", async () => {
  api.actAs("operator");
  api.certificates.push(certificate({ name: "a" }));
  renderAt("/certificates?team_id=t-default");
  expect(await screen.findByRole("link", { name: "a" })).toBeVisible();
  expect(screen.queryByRole("checkbox", { name: "Select a" })).not.toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "Revoke these" })).not.toBeInTheDocument();
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
  expect(await screen.findByText("Nothing is chosen")).toBeVisible();
});
