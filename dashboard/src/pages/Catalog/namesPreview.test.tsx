// Read before the clock of the first test starts: the page is loaded lazily.
import "./kinds/Teams";

import { waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const previews = () => api.callsTo("POST", /names\/preview$/);

async function editing() {
  api.catalog.teams.push(record("teams", { id: "t-shop", name: "Shop", allowed_names: ["DNS:**.shop.example.com"] }));
  const { user } = renderAt("/teams?open=t-shop");
  await user.click(within(await openDialog("Shop")).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Shop");
  return { user, form, preview: within(form).getByRole("region", { name: "Preview" }) };
}

test("a team's names are shown in the list and in its details", async () => {
  api.catalog.teams.push(
    record("teams", { id: "t-shop", name: "Shop", allowed_names: ["DNS:a.example", "DNS:b.example", "DNS:c.example", "DNS:d.example"] }),
  );
  const { user, findByRole } = renderAt("/teams");
  expect(await within(await findByRole("table")).findByText("DNS:a.example, DNS:b.example, DNS:c.example and 1 more")).toBeVisible();
  await user.click(within(await findByRole("table")).getByText("Shop"));
  expect(within(await openDialog("Shop")).getByText("DNS:a.example, DNS:b.example, DNS:c.example, DNS:d.example")).toBeVisible();
});

test("a team that may have any name is warned about", async () => {
  api.catalog.teams.push(record("teams", { id: "t-old", name: "Old", allowed_names: ["*:*"] }));
  renderAt("/teams?open=t-old");
  expect(within(await openDialog("Old")).getByText("This team may have any name")).toBeVisible();
});

test("a preview names the certificates that the names would refuse, of other teams too, and saves nothing", async () => {
  api.certificates.push(
    certificate({ common_name: "vault.internal", team_id: "t-other" }),
    certificate(),
    certificate({ status: "Revoked" }),
  );
  const { user, form, preview } = await editing();
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("1 certificate would be refused.")).toBeVisible();
  expect(within(preview).getByText("All 3 certificates checked; 1 of them revoked or archived.")).toBeVisible();
  expect(within(preview).getByText(/1 of them belongs to other teams/)).toHaveTextContent(
    "They can be renewed unchanged for 90 days. After that, renewals are refused.",
  );
  expect(within(preview).getByRole("link", { name: "vault.internal" })).toBeVisible();
  expect(within(preview).getByText(/is not among the names of the team t-other \(and 1 more\)/)).toBeVisible();
  expect(previews()[0]?.body).toMatchObject({ allowed_names: ["DNS:**.shop.example.com"] });
  expect(api.callsTo("PUT", /teams/)).toEqual([]);
  await expectAccessible(form);
});

test("a preview is of the names as they were: a change of them takes the result away", async () => {
  api.certificates.push(certificate());
  const { user, form, preview } = await editing();
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("No certificate would be refused.")).toBeVisible();
  await user.type(within(form).getByRole("combobox", { name: /^Names/ }), "DNS:example.org{Enter}");
  expect(within(preview).getByText("The names have changed since the preview.")).toBeVisible();
  expect(within(preview).queryByText("No certificate would be refused.")).not.toBeInTheDocument();
});

test("what has not been checked is not called safe, and can be checked", async () => {
  api.certificates.push(...Array.from({ length: 10_001 }, () => certificate()));
  const { user, preview } = await editing();
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText("No certificate of those checked so far would be refused.")).toBeVisible();
  await user.click(await within(preview).findByRole("button", { name: "Check more certificates" }));
  expect(await within(preview).findByText("All 10,001 certificates checked.")).toBeVisible();
});

test("without an exemption a preview says that renewals are refused", async () => {
  api.certificates.push(certificate({ common_name: "vault.internal", team_id: "t-other" }), certificate());
  const { user, form, preview } = await editing();
  const days = within(form).getByRole("textbox", { name: /^Renew refused certificates for/ });
  await user.clear(days);
  await user.type(days, "0");
  await user.click(within(preview).getByRole("button", { name: "Preview" }));
  expect(await within(preview).findByText(/1 of them belongs to other teams/)).toHaveTextContent(
    "They stay valid until they expire. Renewals are refused.",
  );
});

test("saving says for how long refused certificates are renewed", async () => {
  const { user, form } = await editing();
  const days = within(form).getByRole("textbox", { name: /^Renew refused certificates for/ });
  await user.clear(days);
  await user.type(days, "30");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(api.callsTo("PUT", /teams/)[0]?.body).toMatchObject({ allowed_names: ["DNS:**.shop.example.com"], exempt_days: 30 }),
  );
});

test("a new team has no certificates to try its names on", async () => {
  const { user, findByRole } = renderAt("/teams");
  await user.click(await findByRole("button", { name: "New team" }));
  expect(within(await openDialog("New team")).queryByRole("region", { name: "Preview" })).not.toBeInTheDocument();
});
