import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { certificate, job } from "../test/builders";
import { renderAt } from "../test/render";
import { api } from "../test/server";
import { startedBy } from "./useStartedJobs";

test("the jobs of a response are its job, its jobs, or itself while it is open", () => {
  expect(startedBy({ job_id: "job-1" })).toEqual(["job-1"]);
  expect(startedBy({ job_ids: ["job-1", "job-2"] })).toEqual(["job-1", "job-2"]);
  expect(startedBy({ id: "job-3", status: "Pending" })).toEqual(["job-3"]);
  expect(startedBy({ id: "job-3", status: "Cancelled" })).toEqual([]);
  expect(startedBy({ id: "mc-1", status: "Active" })).toEqual([]);
  expect(startedBy(undefined)).toEqual([]);
});

test("a notice says that what one started has ended, also on another page", async () => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(false);
  api.certificates.push(certificate({ id: "mc-1", name: "shop", open_job_id: null }));
  api.jobs.push(job({ id: "job-new", type: "Renewal", status: "Failed", certificate_name: "shop", last_error: "KMS is down." }));
  const { user } = renderAt("/certificates/mc-1");
  await user.click(await screen.findByRole("button", { name: "Renew" }));
  await user.click(await screen.findByRole("radio", { name: /Submit the CSR later/ }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Renew" }));
  await user.click(await screen.findByRole("link", { name: "Settings" }));
  // Three seconds until the job is read, and then the code of notices is loaded.
  expect(await screen.findByText("Renewal of shop has failed", {}, { timeout: 40_000 })).toBeVisible();
  expect(screen.getByText(/KMS is down\./)).toBeVisible();
  expect(screen.getAllByRole("link", { name: "Open the job" }).at(-1)).toHaveAttribute("href", "/jobs?open=job-new");
});
