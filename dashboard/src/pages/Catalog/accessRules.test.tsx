// Read before the clock of the first test starts: the page is loaded lazily.
import "./kinds/AccessRules";

import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

beforeEach(() => {
  api.catalog["identity-providers"].push(record("identity-providers", { id: "idp-okta", name: "Okta" }));
});

const preview = () => screen.findByRole("region", { name: "Preview" });

async function previewing(claims: string) {
  const { user } = renderAt("/access-rules");
  const card = await preview();
  await choose(user, within(card).getByRole("combobox", { name: /Identity provider/ }), /Okta/);
  await user.click(within(card).getByRole("textbox", { name: /Claims/ }));
  await user.paste(claims);
  await user.click(within(card).getByRole("button", { name: "Preview" }));
  return { user, card };
}

test("a rule shows who gets what", async () => {
  api.catalog["access-rules"].push(
    record("access-rules", { id: "ar-1", name: "PKI", role: "operator", claim_path: ["realm_access", "roles"], values: ["pki", "ops"] }),
  );
  const { user, findByRole } = renderAt("/access-rules");
  const table = await findByRole("table");
  expect(await within(table).findByText("realm_access > roles is pki or ops")).toBeVisible();
  expect(within(table).getByText("All teams")).toBeVisible();
  await user.click(within(table).getByText("PKI"));
  const drawer = await openDialog("PKI");
  expect(await within(drawer).findByText("Okta")).toBeVisible();
  expect(within(drawer).getByText("operator")).toBeVisible();
});

test("a new rule is for all teams, or for some", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  const { user } = renderAt("/access-rules?new=1");
  const form = await openDialog("New access rule");
  await user.type(within(form).getByRole("textbox", { name: /Name/ }), "Operators");
  await choose(user, within(form).getByRole("combobox", { name: /Identity provider/ }), /Okta/);
  await user.type(within(form).getByRole("combobox", { name: /Claim/ }), "groups{Enter}");
  await user.type(within(form).getByRole("combobox", { name: /Values/ }), "pki team{Enter}");
  const teams = within(form).getByRole("combobox", { name: /Teams/ });
  await choose(user, teams, /Payments/);
  await choose(user, teams, "All teams");
  await user.click(within(form).getByRole("button", { name: /Create/ }));
  await screen.findByText("groups is pki team");
  expect(api.callsTo("POST", /access-rules$/)[0]?.body).toMatchObject({
    provider_id: "idp-okta",
    claim_path: ["groups"],
    values: ["pki team"],
    teams: "*",
  });
});

test("the preview says of each rule whether it matches, and why", async () => {
  api.catalog["access-rules"].push(
    record("access-rules", { id: "ar-1", name: "PKI" }),
    record("access-rules", { id: "ar-2", name: "Staff", values: ["staff"] }),
  );
  const { card } = await previewing('{"groups": ["pki"]}');
  expect(await within(card).findByText("This person can sign in.")).toBeVisible();
  const [matching, other] = within(within(card).getByRole("list", { name: "Rules" })).getAllByRole("listitem");
  expect(matching).toHaveTextContent("PKI matches: groups has pki.");
  expect(other).toHaveTextContent("Staff does not match: groups has none of the rule's values.");
  await expectAccessible(card);
});

test("a preview is of the claims as they were: a change of them takes the result away", async () => {
  const { user, card } = await previewing('{"groups": ["guests"]}');
  expect(await within(card).findByText("This person cannot sign in.")).toBeVisible();
  await user.type(within(card).getByRole("textbox", { name: /Claims/ }), " ");
  expect(within(card).queryByText("This person cannot sign in.")).not.toBeInTheDocument();
});

test("an ID token is sent as it is", async () => {
  await previewing("eyJhbGciOiJSUzI1NiJ9.eyJncm91cHMiOlsicGtpIl19.c2ln");
  expect(await screen.findByText("This person cannot sign in.")).toBeVisible();
  expect(api.callsTo("POST", /auth\/preview$/)[0]?.body).toEqual({
    provider_id: "idp-okta",
    token: "eyJhbGciOiJSUzI1NiJ9.eyJncm91cHMiOlsicGtpIl19.c2ln",
  });
});

test("claims that are no JSON object are not sent", async () => {
  const { card } = await previewing("groups: pki");
  expect(within(card).getByText(/Must be an ID token, or a JSON object/)).toBeVisible();
  expect(api.callsTo("POST", /auth\/preview$/)).toEqual([]);
});

test("who may not write rules has no preview", async () => {
  api.actAs("viewer");
  const { findByRole } = renderAt("/access-rules");
  await findByRole("heading", { name: "Access rules" });
  expect(screen.queryByRole("region", { name: "Preview" })).not.toBeInTheDocument();
});
