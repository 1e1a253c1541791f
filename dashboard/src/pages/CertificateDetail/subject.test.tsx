import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { approval, certificate, job } from "../../test/builders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const ID = "crt-people";

test("a certificate's page has the values of its subject, and none without any", async () => {
  api.certificates.push(certificate({ id: ID, subject: { O: "eng-web", OU: "<b>Shop</b>" } }), certificate({ id: "crt-plain" }));
  const { unmount, container } = renderAt(`/certificates/${ID}`);
  const values = await screen.findByRole("list", { name: "Subject" });
  expect(
    within(values)
      .getAllByRole("listitem")
      .map((item) => item.textContent),
  ).toEqual(["O=eng-web", "OU=<b>Shop</b>"]);
  await expectAccessible(container);
  unmount();
  renderAt("/certificates/crt-plain");
  await screen.findByRole("list", { name: "Names" });
  expect(screen.queryByRole("list", { name: "Subject" })).toBeNull();
});

test("who approves sees the subject, and what of the CSR is ignored", async () => {
  const { csr } = approval();
  api.certificates.push(certificate({ id: ID, status: "Pending", open_job_id: "job-1", subject: { O: "eng-web" } }));
  api.jobs.push(job({ id: "job-1", certificate_id: ID, status: "AwaitingApproval", needs_approval: true, completed_at: null }));
  if (csr !== null) api.approval = { csr: { ...csr, ignored_subject: ["L"], ignored_extensions: ["keyUsage"] } };
  const { user } = renderAt(`/certificates/${ID}`);
  await user.click(await screen.findByRole("button", { name: "Approve…" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("O=eng-web")).toBeInTheDocument();
  expect(within(dialog).getByText("L, keyUsage")).toBeInTheDocument();
});
