// Read before the clock of the first test starts: the pages are loaded lazily.
import "../kinds/Profiles";

import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { expectAccessible } from "../../../test/accessibility";
import { record } from "../../../test/catalogBuilders";
import { choose } from "../../../test/choose";
import { problem } from "../../../test/fakeApi";
import { openDialog } from "../../../test/openDialog";
import { renderAt } from "../../../test/render";
import { api, server } from "../../../test/server";
import { POLICIES } from "./policies";
import { freeAttributes, SUBJECT_RULES } from "./subjectRules";

const clients = (fields = {}) =>
  record("profiles", {
    id: "prof-clients",
    name: "Clients",
    extended_key_usages: ["clientAuth", "1.3.6.1.4.1.32473.5"],
    subject: { O: { fixed: null, allowed: "eng-*" }, C: { fixed: "DE", allowed: null } },
    policies: [{ oid: "1.3.6.1.4.1.32473.1", cps_uri: "https://pki.example.com/cps" }],
    teams: ["t-pay"],
    ...fields,
  });

async function openedForm() {
  const { user } = renderAt("/profiles?new=1");
  const dialog = await openDialog("New profile");
  const form = within(dialog);
  await user.type(form.getByRole("textbox", { name: /^Name/ }), "Clients");
  const submit = () => user.click(form.getByRole("button", { name: "Create profile" }));
  return { user, dialog, form, submit };
}

test("a profile is made with usages by name and OID, rules of the subject, policies and teams", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  const { user, dialog, form, submit } = await openedForm();
  const last = (name: RegExp) => form.getAllByRole("combobox", { name }).slice(-1)[0] ?? dialog;
  await choose(user, form.getByRole("combobox", { name: /^Extended key usage/ }), "TLS clients (clientAuth)");
  await user.type(form.getByRole("combobox", { name: "Other extended key usages" }), "1.3.6.1.4.1.32473.5,");
  await user.click(form.getByRole("button", { name: "Add attribute" }));
  await user.type(form.getByRole("textbox", { name: /^Value/ }), "DE");
  await user.click(form.getByRole("button", { name: "Add attribute" }));
  await choose(user, last(/^Attribute/), "Organization (O)");
  await choose(user, last(/^Rule/), "may be requested as");
  await user.type(form.getByRole("textbox", { name: /^Pattern/ }), "eng-*");
  await user.type(form.getByRole("combobox", { name: "Certificate policies" }), "1.3.6.1.4.1.32473.1=https://pki.example.com/cps,");
  await choose(user, form.getByRole("combobox", { name: "Teams" }), "Payments (t-pay)");
  await expectAccessible(dialog);
  await submit();
  expect(await screen.findByRole("link", { name: "Clients" })).toBeInTheDocument();
  expect(api.callsTo("POST", /^\/profiles$/)[0]?.body).toMatchObject({
    extended_key_usages: ["serverAuth", "clientAuth", "1.3.6.1.4.1.32473.5"],
    subject: { C: { fixed: "DE" }, O: { allowed: "eng-*" } },
    policies: [{ oid: "1.3.6.1.4.1.32473.1", cps_uri: "https://pki.example.com/cps" }],
    teams: ["t-pay"],
  });
});

test("a profile without rules is sent for all teams, with the common name alone", async () => {
  const { submit } = await openedForm();
  await submit();
  await screen.findByRole("link", { name: "Clients" });
  expect(api.callsTo("POST", /^\/profiles$/)[0]?.body).toMatchObject({ subject: {}, policies: [], teams: null });
});

test("an attribute without a value is asked for before anything is sent", async () => {
  const { user, form, submit } = await openedForm();
  await user.click(form.getByRole("button", { name: "Add attribute" }));
  await submit();
  expect(await form.findByText("Give each attribute a value or a pattern.")).toBeVisible();
  await user.click(form.getByRole("button", { name: "Remove the attribute C" }));
  await submit();
  expect(await screen.findByRole("link", { name: "Clients" })).toBeInTheDocument();
});

test("all that the API says about the subject is shown at it, by attribute", async () => {
  server.use(
    http.post("*/profiles", () =>
      problem(422, "The profile is invalid.", [
        { field: "subject.O.allowed", message: "has characters that nobody sees" },
        { field: "subject.C.fixed", message: "C is a country's two letters" },
      ]),
    ),
  );
  const { form, submit } = await openedForm();
  await submit();
  expect(await form.findByText("O: has characters that nobody sees. C is a country's two letters.")).toBeVisible();
});

test("an edit sends what the profile has, and its page says whom it is for", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.catalog.profiles.push(clients());
  const { user } = renderAt("/profiles?open=prof-clients");
  const drawer = await openDialog("Clients");
  expect(within(drawer).getByText("C=DE; O: eng-*")).toBeVisible();
  expect(within(drawer).getByText("1.3.6.1.4.1.32473.1=https://pki.example.com/cps")).toBeVisible();
  expect(await within(drawer).findByRole("link", { name: "Payments" })).toBeVisible();
  await user.click(within(drawer).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Clients");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  const [call] = await waitFor(() => {
    const calls = api.callsTo("PUT", /^\/profiles\/prof-clients$/);
    expect(calls).toHaveLength(1);
    return calls;
  });
  const { extended_key_usages, subject, policies, teams } = clients();
  expect(call?.body).toMatchObject({ extended_key_usages, policies, teams });
  expect(call?.body).toHaveProperty("subject", { C: { fixed: subject.C?.fixed }, O: { allowed: "eng-*" } });
});

test("a profile that no team of the reader may use is shown as such", async () => {
  api.actAs("operator");
  api.catalog.profiles.push(clients(), record("profiles", { id: "prof-all", name: "For all" }));
  renderAt("/profiles");
  const row = (await screen.findByRole("link", { name: "Clients" })).closest("tr") as HTMLElement;
  expect(within(row).getByText("Not yours")).toBeInTheDocument();
  const other = screen.getByRole("link", { name: "For all" }).closest("tr") as HTMLElement;
  expect(within(other).queryByText("Not yours")).toBeNull();
});

test("rules are lines in the form, and what the API takes again", () => {
  const rules = { O: { fixed: "A=B~C", allowed: null }, OU: { fixed: null, allowed: "eng-*|ops=*" } };
  const lines = SUBJECT_RULES.read(rules);
  expect(lines).toEqual(["O=A=B~C", "OU~eng-*|ops=*"]);
  expect(SUBJECT_RULES.write(lines)).toEqual({ O: { fixed: "A=B~C" }, OU: { allowed: "eng-*|ops=*" } });
  expect(freeAttributes(lines)).toEqual(["C", "ST", "L", "serialNumber"]);
});

test("a policy may have a URL with an equals sign, or none", () => {
  expect(POLICIES.write(["1.2.3", "1.2.4=https://a.example/?b=c"])).toEqual([
    { oid: "1.2.3", cps_uri: null },
    { oid: "1.2.4", cps_uri: "https://a.example/?b=c" },
  ]);
});
