// Read before the clock of the first test starts: the page is loaded lazily.
import "./kinds/Policies";

import { within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const previews = () => api.callsTo("POST", /policies\/preview$/);

async function editing() {
  api.catalog.policies.push(record("policies", { id: "pol-1", name: "Our domains" }));
  const { user } = renderAt("/policies?open=pol-1");
  await user.click(within(await openDialog("Our domains")).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Our domains");
  return { user, form, preview: within(form).getByRole("region", { name: "Preview" }) };
}

test("a preview names the certificates that the rule would break, and says how many were checked", async () => {
  api.certificates.push(certificate({ common_name: "vault.internal" }), certificate(), certificate({ status: "Revoked" }));
  const { user, form, preview } = await editing();
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("1 certificate would violate this policy.")).toBeVisible();
  expect(within(preview).getByText("All 3 certificates checked; 1 of them revoked or archived, to which no policy applies.")).toBeVisible();
  expect(within(preview).getByText(/renewals and edits would be refused/)).toBeVisible();
  expect(within(preview).getByRole("link", { name: "vault.internal" })).toBeVisible();
  expect(within(preview).getByText(/is in none of the allowed domains \(and 1 more\)/)).toBeVisible();
  expect(previews()[0]?.body).toMatchObject({ type: "AllowedDomains", config: { domains: ["*.example.com"] } });
  expect(api.callsTo("PUT", /policies/)).toEqual([]);
  await expectAccessible(form);
});

test("what has not been checked is not called free of violations, and can be checked", async () => {
  api.certificates.push(...Array.from({ length: 10_001 }, () => certificate()));
  const { user, preview } = await editing();
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("No certificate of those checked so far would violate this policy.")).toBeVisible();
  const more = await within(preview).findByRole("button", { name: "Check more certificates" });
  expect(within(preview).getByText("10,000 of about 10,001 certificates checked; the others may violate it, too.")).toBeVisible();
  expect(previews()).toHaveLength(20);
  await user.click(more);
  expect(await within(preview).findByText("All 10,001 certificates checked.")).toBeVisible();
});

test("a preview is of the rule as it was: a change of it takes the result away", async () => {
  api.certificates.push(certificate());
  const { user, form, preview } = await editing();
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("No certificate would violate this policy.")).toBeVisible();
  await user.type(within(form).getByRole("combobox", { name: /^Domains/ }), "example.org{Enter}");
  expect(within(preview).getByText("The rule has changed since the preview.")).toBeVisible();
  expect(within(preview).queryByText("No certificate would violate this policy.")).not.toBeInTheDocument();
});

test("a stack without certificates is not one without violations", async () => {
  const { user, preview } = await editing();
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("No certificate in use was found to check.")).toBeVisible();
});

test("a refused preview says why, and nothing of certificates", async () => {
  api.certificates.push(certificate());
  const { user, preview } = await editing();
  api.failNext("POST", /policies\/preview$/, 422, "The policy was refused.");
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("The policy was refused.")).toBeVisible();
  expect(within(preview).queryByRole("status")).not.toBeInTheDocument();
});
