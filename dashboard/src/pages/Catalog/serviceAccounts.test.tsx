// Read before the clock of the first test starts: the page is loaded lazily.
import "./kinds/ServiceAccounts";

import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { apiKey } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt, renderForPerson } from "../../test/render";
import { api } from "../../test/server";

const NEW_KEY = `certctl_${"n".repeat(43)}`;
const ACCOUNT = record("service-accounts", {
  id: "sa-1",
  name: "Shop CI",
  description: "Deploys the shop",
  team_id: "t-shop",
  grants: [
    { role: "operator", teams: ["t-shop"] },
    { role: "viewer", teams: "*" },
  ],
  issues_per_day: 50,
});

beforeEach(() => {
  api.catalog.teams.push(record("teams", { id: "t-shop", name: "Shop" }));
});

async function opened(render = renderAt) {
  api.catalog["service-accounts"].push({ ...ACCOUNT });
  const { user } = render("/service-accounts?open=sa-1");
  const drawer = await openDialog("Shop CI");
  return { user, drawer };
}

test("an account shows its roles, keys, and the trust rules that lead to it", async () => {
  api.keys.set("k", apiKey({ id: "key-ci", name: "pipeline", role: null, teams: [], subject_id: "sa-1" }));
  api.catalog["trust-rules"].push(
    record("trust-rules", { id: "tr-1", name: "GitHub", service_account_id: "sa-1" }),
    record("trust-rules", { id: "tr-2", name: "Other", service_account_id: "sa-2" }),
  );
  const { drawer } = await opened();
  for (const text of ["50 certificates", "pipeline", "GitHub"]) expect(await within(drawer).findByText(text)).toBeVisible();
  expect(within(drawer).getByText("viewer: All teams")).toBeVisible();
  expect(within(drawer).queryByText("Other")).not.toBeInTheDocument();
  expect(within(drawer).getByRole("link", { name: /audit trail/ })).toHaveAttribute("href", "/audit?actor=sa-1&view=all");
  await expectAccessible(drawer);
});

test("an account with a limit shows how much of it was used today", async () => {
  api.catalog["service-accounts"].push({ ...ACCOUNT, issues_today: 12 });
  renderAt("/service-accounts?open=sa-1");
  const drawer = await openDialog("Shop CI");
  expect(await within(drawer).findByText("50 certificates, 12 of them used today")).toBeVisible();
});

test("a new account has roles with teams, and an ID that the API chooses", async () => {
  const { user } = renderAt("/service-accounts?new=1");
  const form = await openDialog("New service account");
  expect(within(form).queryByRole("textbox", { name: "ID" })).not.toBeInTheDocument();
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Shop CI");
  await user.click(within(form).getByRole("button", { name: "Create service account" }));
  expect(await within(form).findByText("Required.")).toBeVisible();
  await user.click(within(form).getByRole("button", { name: "Add role" }));
  await choose(user, within(form).getByRole("combobox", { name: "Role" }), /^Operator/);
  await user.click(within(form).getByRole("button", { name: "Create service account" }));
  expect(await within(form).findByText("Choose the teams of each role.")).toBeVisible();
  await choose(user, within(form).getByRole("combobox", { name: /^Teams/ }), /Shop/);
  await expectAccessible(form);
  await user.click(within(form).getByRole("button", { name: "Create service account" }));
  await waitFor(() => expect(api.callsTo("POST", /service-accounts$/)).toHaveLength(1));
  expect(api.callsTo("POST", /service-accounts$/)[0]?.body).toEqual({
    name: "Shop CI",
    grants: [{ role: "operator", teams: ["t-shop"] }],
    enabled: true,
  });
});

test("an edit keeps what it does not show, and each role has its own teams", async () => {
  const { user, drawer } = await opened();
  await user.click(within(drawer).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Shop CI");
  await user.click(within(form).getByRole("button", { name: "Remove the role operator" }));
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(api.callsTo("PUT", /sa-1$/)).toHaveLength(1));
  expect(api.callsTo("PUT", /sa-1$/)[0]?.body).toMatchObject({
    grants: [{ role: "viewer", teams: "*" }],
    enabled: true,
    issues_per_day: 50,
    team_id: "t-shop",
  });
});

test("an account is disabled after a question that says what stops, and enabled again", async () => {
  const { user, drawer } = await opened();
  await user.click(within(drawer).getByRole("button", { name: "Disable" }));
  const question = await openDialog("Disable Shop CI?");
  expect(within(question).getByText(/write nothing from now on, and read nothing after 15 seconds/)).toBeVisible();
  expect(api.callsTo("PUT", /sa-1$/)).toEqual([]);
  await user.click(within(question).getByRole("button", { name: "Disable service account" }));
  await user.click(await within(drawer).findByRole("button", { name: "Enable" }));
  expect(api.callsTo("PUT", /sa-1$/)[0]?.body).toMatchObject({ name: "Shop CI", grants: ACCOUNT.grants, enabled: false });
  await user.click(within(await openDialog("Enable Shop CI?")).getByRole("button", { name: "Enable service account" }));
  expect(await within(drawer).findByRole("button", { name: "Disable" })).toBeVisible();
});

test("a key of the account is shown once, and can be revoked", async () => {
  const { user, drawer } = await opened(renderForPerson);
  await user.click(await within(drawer).findByRole("button", { name: "New key" }));
  const form = await openDialog("New key of Shop CI");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "pipeline");
  await user.click(within(form).getByRole("button", { name: "Create key" }));
  expect(await screen.findByDisplayValue(NEW_KEY)).toBeInTheDocument();
  expect(api.callsTo("POST", /api-keys$/)[0]?.body).toEqual({ name: "pipeline", subject_id: "sa-1" });
  await user.click(screen.getByRole("button", { name: "I have copied it" }));
  await user.click(await within(drawer).findByRole("button", { name: "Revoke pipeline" }));
  await user.click(within(await openDialog("Revoke pipeline?")).getByRole("button", { name: "Revoke key" }));
  expect(await within(drawer).findByText("No keys.")).toBeVisible();
});

test("a key may have one role of the account", async () => {
  const { user, drawer } = await opened(renderForPerson);
  await user.click(await within(drawer).findByRole("button", { name: "New key" }));
  const form = await openDialog("New key of Shop CI");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "reader");
  await choose(user, within(form).getByRole("combobox", { name: "Role" }), /^Viewer/);
  expect(within(form).queryByRole("combobox", { name: "Names" })).not.toBeInTheDocument();
  await user.click(within(form).getByRole("button", { name: "Create key" }));
  expect(await screen.findByDisplayValue(NEW_KEY)).toBeInTheDocument();
  expect(api.callsTo("POST", /api-keys$/)[0]?.body).toEqual({ name: "reader", role: "viewer", subject_id: "sa-1" });
});

test("a session that was started with a key shows the command that creates a key of the account", async () => {
  const { user, drawer } = await opened();
  await user.click(await within(drawer).findByRole("button", { name: "New key" }));
  const form = await openDialog("New key of Shop CI");
  expect(within(form).getByText("certctl keys create --name NAME --account sa-1")).toBeVisible();
  expect(within(form).queryByRole("button", { name: "Create key" })).not.toBeInTheDocument();
  await expectAccessible(form);
});

test("a viewer sees accounts and changes nothing, nor their keys", async () => {
  api.actAs("viewer");
  const { drawer } = await opened();
  expect(await within(drawer).findByText("50 certificates")).toBeVisible();
  for (const name of ["Edit", "Disable", "Delete", "New key"])
    expect(within(drawer).queryByRole("button", { name })).not.toBeInTheDocument();
  expect(api.callsTo("GET", /api-keys$/).filter(({ query }) => query.has("subject_id"))).toEqual([]);
});

test("without accounts the page says what they are for", async () => {
  const { container } = renderAt("/service-accounts");
  expect(await screen.findByText("No service accounts yet")).toBeVisible();
  await expectAccessible(container);
});
