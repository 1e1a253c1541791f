// Read before the clock of the first test starts: the page is loaded lazily.
import "./kinds/Users";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { apiKey, userSession } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { eabKey } from "../../test/fakeAcmeRoutes";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt, renderForPerson } from "../../test/render";
import { api } from "../../test/server";

const ADA = record("users", {
  id: "usr-1",
  name: "Ada Lovelace",
  email: "ada@example.com",
  grants: [{ role: "auditor", teams: "*" }],
  provider_id: "idp-okta",
  subject: "00u1",
  rules: ["ar-1"],
  rule_grants: [{ role: "operator", teams: ["t-shop"] }],
  verified_at: "2026-11-20T08:00:00Z",
});

function withAda() {
  api.catalog.users.push({ ...ADA });
  api.catalog["identity-providers"].push(record("identity-providers", { id: "idp-okta", name: "Okta" }));
  api.catalog["access-rules"].push(record("access-rules", { id: "ar-1", name: "Operators" }));
  api.catalog["service-accounts"].push(record("service-accounts", { id: "sa-1", name: "Shop CI" }));
  api.catalog["trust-rules"].push(
    Object.assign(record("trust-rules", { id: "tr-1", name: "GitHub" }), { written_by: "usr-1" }),
    record("trust-rules", { id: "tr-2", name: "Other" }),
  );
  api.keys.set("ada", apiKey({ id: "key-ada", name: "laptop", subject_id: "usr-1" }));
  api.acme.eabKeys.push(
    eabKey({ id: "eab-ada", name: "Web servers", made_by: "usr-1" }),
    eabKey({ id: "eab-other", name: "Others", made_by: "usr-2" }),
  );
  api.keys.set("ci", apiKey({ id: "key-ci", name: "pipeline", subject_id: "sa-1", made_by: "key-ada" }));
}

test("people are listed with address, provider, roles and last sign-in", async () => {
  withAda();
  const { container } = renderAt("/users");
  const table = await screen.findByRole("table", { name: "users" });
  for (const text of ["Ada Lovelace", "ada@example.com", "Okta", "auditor: All teams", "Enabled"])
    expect(await within(table).findByText(text)).toBeVisible();
  await expectAccessible(container);
});

test("a person shows which rules gave what, personal keys, and what works on without them", async () => {
  withAda();
  renderForPerson("/users?open=usr-1");
  const drawer = await openDialog("Ada Lovelace");
  expect(await within(drawer).findByRole("link", { name: "Operators" })).toHaveAttribute("href", "/access-rules?open=ar-1");
  expect(await within(within(drawer).getByRole("region", { name: "Personal keys" })).findByText("laptop")).toBeVisible();
  const machines = within(drawer).getByRole("region", { name: "Machine keys that work on without the user" });
  expect(await within(machines).findByText("pipeline")).toBeVisible();
  expect(await within(machines).findByRole("link", { name: "Shop CI" })).toHaveAttribute("href", "/service-accounts?open=sa-1");
  expect(await within(drawer).findByText("GitHub")).toBeVisible();
  expect(within(drawer).queryByText("Other")).not.toBeInTheDocument();
  await expectAccessible(drawer);
});

test("a session of a key says that it lists no keys that a user made, and asks for none", async () => {
  withAda();
  renderAt("/users?open=usr-1");
  const drawer = await openDialog("Ada Lovelace");
  const machines = within(drawer).getByRole("region", { name: "Machine keys that work on without the user" });
  expect(machines).toHaveTextContent("Not listed in a session that began with an API key");
  expect(api.callsTo("GET", /api-keys$/).some(({ query }) => query.has("maker_id"))).toBe(false);
});

test("a session that was left open is ended after a question", async () => {
  withAda();
  api.userSessions.set("usr-1", [
    userSession({ id: "ses-laptop", client: "cli", limits: ["not-admin"] }),
    userSession({ id: "ses-office" }),
  ]);
  const { user } = renderAt("/users?open=usr-1");
  const drawer = await openDialog("Ada Lovelace");
  const sessions = within(drawer).getByRole("region", { name: "Sessions" });
  expect(await within(sessions).findByText("Command line (not as an administrator)")).toBeVisible();
  await user.click(within(sessions).getByRole("button", { name: "End session ses-laptop" }));
  const question = await openDialog("End the session?");
  await expectAccessible(question);
  await user.click(within(question).getByRole("button", { name: "End session" }));
  await waitFor(() => expect(within(sessions).queryByText(/^Command line/)).not.toBeInTheDocument());
  expect(within(sessions).getByText("Browser")).toBeVisible();
  expect(api.callsTo("DELETE", /usr-1\/sessions\/ses-laptop$/)).toHaveLength(1);
});

test("a person is disabled after a question that lists what works on", async () => {
  withAda();
  const { user } = renderForPerson("/users?open=usr-1");
  const drawer = await openDialog("Ada Lovelace");
  await user.click(await within(drawer).findByRole("button", { name: "Disable" }));
  const question = await openDialog("Disable Ada Lovelace?");
  expect(within(question).getByText(/write nothing from now on, and read nothing after 15 seconds/)).toBeVisible();
  expect(await within(question).findByText("pipeline")).toBeVisible();
  expect(await within(question).findByRole("link", { name: "Web servers" })).toHaveAttribute("href", "/acme?open=eab-ada");
  expect(await within(question).findByText("GitHub")).toBeVisible();
  await expectAccessible(question);
  await user.click(within(question).getByRole("button", { name: "Disable user" }));
  expect(await within(drawer).findByRole("button", { name: "Enable" })).toBeVisible();
  expect(api.callsTo("PUT", /usr-1$/)[0]?.body).toEqual({
    name: "Ada Lovelace",
    email: "ada@example.com",
    grants: ADA.grants,
    enabled: false,
  });
});

test("a new user has roles of their own", async () => {
  const { user } = renderAt("/users?new=1");
  const form = await openDialog("New user");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Bea");
  await user.click(within(form).getByRole("button", { name: "Add role" }));
  await choose(user, within(form).getByRole("combobox", { name: "Role" }), /^Auditor/);
  await user.click(within(form).getByRole("button", { name: "Create user" }));
  await waitFor(() => expect(api.callsTo("POST", /users$/)).toHaveLength(1));
  expect(api.callsTo("POST", /users$/)[0]?.body).toEqual({ name: "Bea", grants: [{ role: "auditor", teams: "*" }], enabled: true });
});

test("an auditor reads people and changes nothing", async () => {
  withAda();
  api.actAs("auditor");
  renderAt("/users?open=usr-1");
  const drawer = await openDialog("Ada Lovelace");
  expect(await within(drawer).findByText("00u1")).toBeVisible();
  for (const name of ["Edit", "Disable", "Delete", "New key"])
    expect(within(drawer).queryByRole("button", { name })).not.toBeInTheDocument();
  expect(within(drawer).queryByRole("region", { name: "Sessions" })).not.toBeInTheDocument();
});

test("an operator has no page of people", async () => {
  api.actAs("operator");
  renderAt("/users");
  expect(await screen.findByText("No access")).toBeVisible();
  expect(screen.queryByRole("link", { name: "Users" })).not.toBeInTheDocument();
  expect(api.callsTo("GET", /^\/users/)).toEqual([]);
});
