// Read before the clock of the first test starts: the pages are loaded lazily.
import "./Acme";
import "./AcmeAccount";

import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { acmeAccount, acmeOrder, eabKey, HMAC_KEY } from "../../test/fakeAcmeRoutes";
import { openDialog } from "../../test/openDialog";
import { renderAt, renderForPerson } from "../../test/render";
import { api } from "../../test/server";
import { bodyOfDraft, NEW_EAB_KEY, problemsOf } from "./draft";

test("EAB keys are listed, with links to what their clients renew", async () => {
  api.acme.eabKeys.push(eabKey(), eabKey({ id: "eab-2", name: "lab", is_open: true }));
  const { container } = renderAt("/acme");
  expect(await screen.findByRole("link", { name: "web servers" })).toBeVisible();
  expect(within(screen.getByRole("table")).getByText("Open")).toBeVisible();
  expect(screen.getByRole("link", { name: "Clients that stopped renewing" })).toHaveAttribute("href", "/certificates?renewal=acme_stopped");
  await expectAccessible(container);
});

test("a new key shows its secret once, with a command that registers a client", async () => {
  api.catalog["service-accounts"].push(record("service-accounts", { id: "sa-1", name: "Shop CI" }));
  const { user } = renderForPerson("/acme?new=1");
  const form = await openDialog("New EAB key");
  await expectAccessible(form);
  await user.click(within(form).getByRole("button", { name: "Create EAB key" }));
  expect(within(form).getByText("Enter at least one pattern.")).toBeVisible();
  await user.type(within(form).getByRole("textbox", { name: "Name" }), "web servers");
  await choose(user, within(form).getByRole("combobox", { name: "Service account" }), /^Shop CI/);
  await user.type(within(form).getByRole("combobox", { name: "Names" }), "**.web.example.com{Enter}");
  await user.click(within(form).getByRole("radio", { name: /^Trusted/ }));
  await user.click(within(form).getByRole("button", { name: "Create EAB key" }));
  const shown = await openDialog("The new EAB key");
  expect(within(shown).getByRole("textbox", { name: "Key of web servers" })).toHaveValue(HMAC_KEY);
  expect(within(shown).getByText(/certbot register --server https:\/\/acme\.example\.com/)).toBeVisible();
  await expectAccessible(shown);
  expect(api.callsTo("POST", /^\/acme\/eab-keys$/)[0]?.body).toMatchObject({
    service_account_id: "sa-1",
    names: ["**.web.example.com"],
    authorization: "trusted",
    max_accounts: 10,
  });
});

test("a session of a key says where EAB keys are made, and offers nothing that is refused", async () => {
  api.acme.eabKeys.push(eabKey());
  renderAt("/acme?open=eab-1");
  const drawer = await openDialog("web servers");
  expect(await within(drawer).findByRole("button", { name: "Revoke" })).toBeVisible();
  expect(within(drawer).queryByRole("button", { name: "Replace the secret" })).toBeNull();
  expect(screen.getByText(/^A session that began with an API key makes no EAB keys/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "New EAB key", hidden: true })).toBeNull();
});

test("the drawer has what a key allows, its ACME accounts, and another secret after a question", async () => {
  api.acme.eabKeys.push(eabKey());
  api.acme.accounts.push(acmeAccount());
  const { user } = renderForPerson("/acme?open=eab-1");
  const drawer = await openDialog("web servers");
  expect(await within(drawer).findByRole("link", { name: "mailto:ada@example.com" })).toHaveAttribute("href", "/acme/accounts/acct-1");
  expect(within(drawer).getByRole("link", { name: "Certificates of its clients" })).toHaveAttribute(
    "href",
    "/certificates?acme_eab_key=eab-1",
  );
  await expectAccessible(drawer);
  await user.click(within(drawer).getByRole("button", { name: "Replace the secret" }));
  const question = await openDialog("Replace the secret of web servers?");
  await user.click(within(question).getByRole("button", { name: "Replace secret" }));
  expect(await within(await openDialog("The new secret")).findByRole("textbox", { name: "Key of web servers" })).toHaveValue(HMAC_KEY);
});

test("a key is revoked after a question that says what ends", async () => {
  api.acme.eabKeys.push(eabKey({ accounts: 3 }));
  const { user } = renderAt("/acme?open=eab-1");
  await user.click(await screen.findByRole("button", { name: "Revoke" }));
  const question = await openDialog("Revoke web servers?");
  expect(within(question).getByText(/^3 ACME accounts can order and renew nothing/)).toBeVisible();
  await user.click(within(question).getByRole("button", { name: "Revoke EAB key" }));
  expect((await screen.findAllByText("Revoked")).length).toBeGreaterThan(0);
  expect(screen.queryByRole("button", { name: "Replace the secret", hidden: true })).not.toBeInTheDocument();
});

test("the page of an ACME account has its orders, and revokes it", async () => {
  api.acme.accounts.push(acmeAccount());
  api.acme.orders.push(acmeOrder(), acmeOrder({ id: "ord-2", account_id: "acct-2" }));
  const { user, container } = renderAt("/acme/accounts/acct-1");
  expect(await screen.findByText("a.web.example.com")).toBeVisible();
  expect(Object.fromEntries(api.callsTo("GET", /^\/acme\/orders$/)[0]?.query ?? [])).toMatchObject({ account_id: "acct-1" });
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Revoke" }));
  const question = await openDialog("Revoke this ACME account?");
  await user.click(within(question).getByRole("button", { name: "Revoke ACME account" }));
  expect(await screen.findByText("Revoked")).toBeInTheDocument();
});

test("a viewer reads EAB keys and changes none", async () => {
  api.actAs("viewer");
  api.acme.eabKeys.push(eabKey());
  renderAt("/acme?open=eab-1");
  await openDialog("web servers");
  for (const name of ["New EAB key", "Replace the secret", "Revoke"]) {
    expect(screen.queryByRole("button", { name, hidden: true })).not.toBeInTheDocument();
  }
});

test("the list of certificates takes the filters of these links", async () => {
  renderAt("/certificates?acme=true&acme_eab_key=eab-1");
  await screen.findByRole("heading", { name: "Certificates" });
  const query = api.callsTo("GET", /^\/certificates$/)[0]?.query ?? [];
  expect(Object.fromEntries(query)).toMatchObject({ acme: "true", acme_eab_key: "eab-1" });
});

test("a draft without a limit is any number of ACME accounts", () => {
  const draft = { ...NEW_EAB_KEY, name: " web ", accountId: "sa-1", names: ["*:*"], maxAccounts: "" };
  expect(problemsOf(draft)).toEqual({});
  expect(bodyOfDraft(draft)).toMatchObject({ name: "web", max_accounts: null });
  expect(problemsOf({ ...draft, maxAccounts: "0" })).toHaveProperty("maxAccounts");
});
