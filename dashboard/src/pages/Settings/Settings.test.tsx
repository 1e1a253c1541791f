import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { apiKey } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { renderAt, renderForPerson } from "../../test/render";
import { api } from "../../test/server";

const NEW_KEY = `certctl_${"n".repeat(43)}`;

test("keys, the session and the server are shown", async () => {
  const { container } = renderAt("/settings");
  const table = await screen.findByRole("table", { name: "API keys" });
  expect(within(table).getByText("first admin (this one)")).toBeVisible();
  expect(await screen.findByText("0.2.0")).toBeVisible();
  await expectAccessible(container);
});

test("a new key is shown once, with what was asked for, and is gone when the window closes", async () => {
  api.catalog.teams.push(record("teams", { id: "t-shop", name: "Shop" }), record("teams", { id: "t-pay", name: "Payments" }));
  const { user } = renderForPerson("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog", { name: "New API key" });
  await user.click(within(modal).getByRole("button", { name: "Create key" }));
  expect(await within(modal).findByText(/Enter a name/)).toBeInTheDocument();
  await user.click(within(modal).getByRole("textbox", { name: /^Name/ }));
  await user.paste("deploy-pipeline");
  await user.click(within(modal).getByRole("radio", { name: "Selected teams" }));
  const teams = within(modal).getByRole("combobox", { name: /^Selected teams/ });
  for (const name of ["Shop (t-shop)", "Payments (t-pay)"]) await choose(user, teams, name);
  await expectAccessible(modal);
  await user.click(within(modal).getByRole("button", { name: "Create key" }));
  expect(await screen.findByDisplayValue(NEW_KEY)).toBeInTheDocument();
  const [call] = api.callsTo("POST", /api-keys/);
  expect(call?.body).toMatchObject({ name: "deploy-pipeline", role: "viewer", teams: ["t-shop", "t-pay"] });
  expect(call?.headers.get("Idempotency-Key")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "I have copied it" }));
  await waitFor(() => expect(screen.queryByDisplayValue(NEW_KEY)).not.toBeInTheDocument());
  expect(await screen.findByText("deploy-pipeline")).toBeVisible();
});

test("a key is revoked after a question", async () => {
  api.keys.set("other", apiKey({ id: "key-old", name: "old laptop" }));
  const { user } = renderAt("/settings");
  await user.click(await screen.findByRole("button", { name: "Revoke old laptop" }));
  expect(api.callsTo("DELETE", /api-keys/)).toEqual([]);
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke key" }));
  expect(await screen.findByText("Revoked")).toBeVisible();
  expect(api.callsTo("DELETE", /api-keys\/key-old$/)).toHaveLength(1);
});

test("a key tells by name whose it is", async () => {
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "web-1" }));
  api.catalog.owners.push(record("owners", { id: "o-anna", name: "Anna" }));
  api.keys.set("agent", apiKey({ agent_id: "agt-1" }));
  api.keys.set("owner", apiKey({ owner_id: "o-anna" }));
  renderAt("/settings");
  expect(await screen.findByText("of agent web-1")).toBeVisible();
  expect(await screen.findByText("of Anna")).toBeVisible();
});

test("keys stand below the one that created them, and a leaked one is revoked with them", async () => {
  api.keys.set("ci", apiKey({ id: "key-ci", name: "ci", made_by: "key-lap", parent_id: "key-lap" }));
  api.keys.set("lap", apiKey({ id: "key-lap", name: "laptop" }));
  const { user, container } = renderAt("/settings");
  const table = await screen.findByRole("table", { name: "API keys" });
  const names = within(table).getAllByRole("button", { name: /^Revoke/ });
  expect(names.map((button) => button.getAttribute("aria-label"))).toEqual(["Revoke first admin", "Revoke laptop", "Revoke ci"]);
  expect(within(table).getByText("ends with laptop")).toBeVisible();
  await expectAccessible(container);
  await user.click(within(table).getByRole("button", { name: "Revoke laptop" }));
  const modal = await screen.findByRole("dialog");
  expect(within(modal).getByText("With it ends: ci.")).toBeVisible();
  expect(within(modal).getByText(/^Of the list: ci\. Trust rules stay/)).toBeVisible();
  await user.click(within(modal).getByRole("checkbox", { name: /It has leaked/ }));
  await user.click(within(modal).getByRole("button", { name: "Revoke key" }));
  expect(await screen.findByText("Leaked")).toBeVisible();
  expect(api.callsTo("DELETE", /api-keys\/key-lap/)[0]?.query.get("reason")).toBe("leaked");
});

test("an administrator names the owner of a new key", async () => {
  api.catalog.owners.push(record("owners", { id: "o-anna", name: "Anna" }));
  const { user } = renderForPerson("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog", { name: "New API key" });
  await user.click(within(modal).getByRole("textbox", { name: /^Name/ }));
  await user.paste("anna");
  await choose(user, within(modal).getByRole("combobox", { name: "Owner" }), "Anna (o-anna)");
  await user.click(within(modal).getByRole("button", { name: "Create key" }));
  expect(await screen.findByDisplayValue(NEW_KEY)).toBeInTheDocument();
  expect(api.callsTo("POST", /api-keys/)[0]?.body).toEqual({ name: "anna", role: "viewer", owner_id: "o-anna" });
});

test.each([
  { who: "a person", render: renderForPerson, end: /yours: it stops working some days after your last sign-in/, teams: "My teams" },
  { who: "a session of a key", render: renderAt, end: /yours: it ends with your key/, teams: "The teams of my key" },
])("the form says what a key of $who is", async ({ render, end, teams }) => {
  const { user } = render("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog", { name: "New API key" });
  expect(within(modal).getByText(end)).toBeVisible();
  expect(within(modal).getByRole("radio", { name: teams })).toBeChecked();
});

test("a key is limited to permissions and names", async () => {
  const { user } = renderForPerson("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog", { name: "New API key" });
  await user.click(within(modal).getByRole("textbox", { name: /^Name/ }));
  await user.paste("ci");
  expect(within(modal).queryByRole("combobox", { name: "Names" })).not.toBeInTheDocument();
  await choose(user, within(modal).getByRole("combobox", { name: "Role" }), /^Operator/);
  await choose(user, within(modal).getByRole("combobox", { name: "Permissions" }), "certificates:write");
  await choose(user, within(modal).getByRole("combobox", { name: "Permissions" }), "jobs:read");
  await user.type(within(modal).getByRole("combobox", { name: "Names" }), "DNS:**.pay.example.com{Enter}");
  await expectAccessible(modal);
  await user.click(within(modal).getByRole("button", { name: "Create key" }));
  expect(await screen.findByDisplayValue(NEW_KEY)).toBeInTheDocument();
  expect(api.callsTo("POST", /api-keys/)[0]?.body).toEqual({
    name: "ci",
    role: "operator",
    actions: ["certificates:write", "jobs:read"],
    names: ["DNS:**.pay.example.com"],
  });
  await user.click(screen.getByRole("button", { name: "I have copied it" }));
  const limits = await screen.findByTitle("certificates:write, jobs:read, DNS:**.pay.example.com");
  expect(limits).toHaveTextContent("2 permissions, 1 name");
});

test("permissions that another role lacks are not kept", async () => {
  const { user } = renderForPerson("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog");
  await user.click(within(modal).getByRole("textbox", { name: /^Name/ }));
  await user.paste("ci");
  const role = within(modal).getByRole("combobox", { name: "Role" });
  await choose(user, role, /^Operator/);
  await choose(user, within(modal).getByRole("combobox", { name: "Permissions" }), "certificates:write");
  await choose(user, role, /^Viewer/);
  await user.click(within(modal).getByRole("button", { name: "Create key" }));
  expect(await screen.findByDisplayValue(NEW_KEY)).toBeInTheDocument();
  expect(api.callsTo("POST", /api-keys/)[0]?.body).toEqual({ name: "ci", role: "viewer" });
});

test("a team admin makes keys of operators and viewers", async () => {
  const { user } = renderForPerson("/settings", "team-admin");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog");
  await user.click(within(modal).getByRole("combobox", { name: "Role" }));
  const offered = await screen.findAllByRole("option", {
    name: /^(Administrator|Team admin|Operator|Auditor|Viewer|Agent):/,
    hidden: true,
  });
  expect(offered.map((option) => option.textContent.split(":")[0])).toEqual(["Operator", "Viewer"]);
});

test("a viewer is offered to make viewers' keys only", async () => {
  const { user } = renderForPerson("/settings", "viewer");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog");
  expect(within(modal).getByRole("combobox", { name: "Role" })).toHaveValue("Viewer: read-only");
  expect(within(modal).queryByRole("radio", { name: "All teams" })).not.toBeInTheDocument();
});

test("a refused key says why, and the form stays", async () => {
  api.failNext("POST", /api-keys/, 403, "A key cannot reach teams that its maker does not.");
  const { user } = renderForPerson("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog");
  await user.click(within(modal).getByRole("textbox", { name: /^Name/ }));
  await user.paste("x");
  await user.click(within(modal).getByRole("button", { name: "Create key" }));
  expect(await within(modal).findByRole("alert")).toHaveTextContent(/cannot reach teams/);
});

test("a session that was started with a key shows the command that creates one, and sends nothing", async () => {
  api.catalog.teams.push(record("teams", { id: "t-shop", name: "Shop" }));
  const { user } = renderAt("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const modal = await screen.findByRole("dialog", { name: "New API key" });
  expect(within(modal).getByText("certctl keys create --name NAME --role viewer")).toBeVisible();
  expect(within(modal).getByRole("note")).toHaveTextContent(/with the key key-admin in CERTCTL_API_KEY/);
  await user.click(within(modal).getByRole("textbox", { name: /^Name/ }));
  await user.paste("anna's laptop");
  await user.click(within(modal).getByRole("radio", { name: "All teams" }));
  await choose(user, within(modal).getByRole("combobox", { name: "Expires" }), "In 30 days");
  const command = String.raw`certctl keys create --name 'anna'\''s laptop' --role viewer --team '*' --expires 30d`;
  expect(within(modal).getByText(command)).toBeVisible();
  expect(within(modal).getByRole("button", { name: "Copy the command" })).toBeVisible();
  await expectAccessible(modal);
  await user.type(within(modal).getByRole("textbox", { name: /^Name/ }), "{Enter}");
  expect(api.callsTo("POST", /api-keys/)).toEqual([]);
});

test("a session of a person says by which identity provider it is", async () => {
  renderForPerson("/settings", "operator");
  expect(await screen.findByText("idp-okta")).toBeVisible();
  expect(screen.queryByText("Key", { exact: true })).toBeNull();
});
