// Read before the clock of the first test starts: the page is loaded lazily.
import "../kinds/Agents";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../../test/accessibility";
import { record } from "../../../test/catalogBuilders";
import { choose } from "../../../test/choose";
import { BOOTSTRAP_TOKEN } from "../../../test/fakeCatalogRoutes";
import { openDialog } from "../../../test/openDialog";
import { renderAt } from "../../../test/render";
import { api } from "../../../test/server";

async function openedForm() {
  const page = renderAt("/agents");
  await page.user.click(await screen.findByRole("button", { name: "Enroll an agent" }));
  return { ...page, form: await openDialog("Enroll an agent") };
}

/** As far as the token. */
async function minted() {
  const { user, form } = await openedForm();
  await user.type(within(form).getByRole("textbox", { name: /^Host name/ }), "web-*.example.com");
  await user.click(within(form).getByRole("button", { name: "Create token" }));
  return { user, shown: await openDialog("The bootstrap token") };
}

test("a token is made for a host name and a team", async () => {
  api.catalog.teams.push(record("teams", { id: "t-shop", name: "Shop" }));
  const { user, form } = await openedForm();
  await expectAccessible(form);
  await user.type(within(form).getByRole("textbox", { name: /^Host name/ }), "web-*.example.com");
  await choose(user, within(form).getByRole("combobox", { name: "Team" }), "Shop (t-shop)");
  await user.click(within(form).getByRole("button", { name: "Create token" }));
  const shown = await openDialog("The bootstrap token");
  expect(within(shown).getByRole("textbox", { name: "Token for web-*.example.com" })).toHaveValue(BOOTSTRAP_TOKEN);
  const [call] = api.callsTo("POST", /bootstrap-tokens$/);
  expect(call?.body).toEqual({ hostname_pattern: "web-*.example.com", team_id: "t-shop" });
  expect(call?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("the command enrols at this dashboard's own address and does not hold the token", async () => {
  const { shown } = await minted();
  const command = within(shown).getByText(/agent enroll --url/);
  expect(command).toHaveTextContent(`agent enroll --url ${window.location.origin} --secret-stdin`);
  expect(command).not.toHaveTextContent("certctl_boot_");
  expect(within(shown).getByText(/agent consent init --write$/)).toBeVisible();
  expect(within(shown).getByText(/^in 59 min|^in 1 h/)).toBeVisible();
  await expectAccessible(shown);
});

test("the token is shown once: a stray click leaves it, and afterwards it is nowhere", async () => {
  const { user, shown } = await minted();
  await user.keyboard("{Escape}");
  expect(within(shown).getByDisplayValue(BOOTSTRAP_TOKEN)).toBeInTheDocument();
  await user.click(within(shown).getByRole("button", { name: "I have copied it" }));
  await waitFor(() => expect(screen.queryByDisplayValue(BOOTSTRAP_TOKEN)).not.toBeInTheDocument());
  expect(JSON.stringify(sessionStorage) + JSON.stringify(localStorage)).not.toContain("certctl_boot_");
  await user.click(screen.getByRole("button", { name: "Enroll an agent" }));
  expect(within(await openDialog("Enroll an agent")).getByRole("textbox", { name: /^Host name/ })).toHaveValue("");
});

test.each([
  ["", "Required."],
  ["web_1..example.com", "A host name. * matches any characters within one label: at most two, and one per label."],
  ["*a*.example.com", "A host name. * matches any characters within one label: at most two, and one per label."],
  ["*.*.*", "A host name. * matches any characters within one label: at most two, and one per label."],
])("%o is not a host name, and is not sent", async (text, problem) => {
  const { user, form } = await openedForm();
  if (text !== "") await user.type(within(form).getByRole("textbox", { name: /^Host name/ }), text);
  await user.click(within(form).getByRole("button", { name: "Create token" }));
  expect(await within(form).findByText(problem)).toBeVisible();
  expect(api.callsTo("POST", /bootstrap-tokens$/)).toEqual([]);
});

test("a refusal is told in the form", async () => {
  const { user, form } = await openedForm();
  api.failNext("POST", /bootstrap-tokens$/, 404, "There is no such team.");
  await user.type(within(form).getByRole("textbox", { name: /^Host name/ }), "web-1.example.com");
  await user.click(within(form).getByRole("button", { name: "Create token" }));
  expect(await within(form).findByText("There is no such team.")).toBeVisible();
});

test("viewers enrol nobody", async () => {
  api.actAs("viewer");
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "web-1" }));
  renderAt("/agents");
  expect(await screen.findByRole("link", { name: "web-1" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Enroll an agent" })).not.toBeInTheDocument();
});
