import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { authority } from "../../test/authorityBuilders";
import { certificate, channel, job } from "../../test/builders";
import { campaign } from "../../test/campaignBuilders";
import { record } from "../../test/catalogBuilders";
import { FINGERPRINT, observed } from "../../test/inventoryBuilders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

async function opened(path = "/nowhere") {
  const rendered = renderAt(path);
  await screen.findByRole("heading", { level: 1 });
  await rendered.user.keyboard("{Control>}k{/Control}");
  return { ...rendered, input: await screen.findByRole("combobox", { name: /^Search certificates/ }) };
}

const option = (name: RegExp) => screen.findByRole("option", { name });

test("a certificate is found, with its status and what matched, and Enter opens it", async () => {
  api.certificates.push(certificate({ id: "mc-1", name: "sso.example.com", common_name: "sso.example.com", status: "Expiring" }));
  const { user, input } = await opened();
  await user.type(input, "sso");
  const found = await option(/sso\.example\.com/);
  expect(found).toHaveTextContent(/Common name.*Expiring.*Certificate/);
  expect(input).toHaveAttribute("aria-activedescendant", found.id);
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "sso.example.com" })).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(api.callsTo("GET", /^\/certificates$/).map(({ query }) => query.get("per_page"))).toEqual(["8"]);
});

test("what was found of other issuers is found, and the stack's own certificates are so only once", async () => {
  api.inventory.observed.push(observed(), observed({ fingerprint: "a".repeat(64), first_name: "shop.example.org", status: "Managed" }));
  const { user, input } = await opened();
  await user.type(input, "shop");
  const found = await option(/shop\.example\.com/);
  expect(found).toHaveAttribute("href", `/inventory/${FINGERPRINT}`);
  expect(found).toHaveTextContent(/Example CA.*Unmanaged.*Found/);
  expect(screen.queryByRole("option", { name: /shop\.example\.org/ })).not.toBeInTheDocument();
});

test("Enter before the answer opens what is then found", async () => {
  api.certificates.push(certificate({ id: "mc-1", name: "0a1b2c3d", common_name: "0a1b2c3d" }));
  const { user, input } = await opened();
  input.focus();
  await user.paste("0a1b2c3d");
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "0a1b2c3d" })).toBeVisible();
});

test("records, channels, pages and actions are found, each with its kind", async () => {
  api.catalog.owners.push(record("owners", { id: "o-1", name: "Shop people" }));
  api.catalog.agents.push(record("agents", { id: "a-1", name: "shop-1", hostname: "shop-1.example.com" }));
  api.channels.push(channel({ id: "shop-pager" }));
  const { user, input } = await opened();
  await user.type(input, "shop");
  expect(await option(/Shop people.*Owner/)).toHaveAttribute("href", "/owners?open=o-1");
  expect(await option(/shop-1\.example\.com.*Agent/)).toBeVisible();
  expect(await option(/shop-pager.*Channel/)).toBeVisible();
  await user.clear(input);
  await user.type(input, "new ch");
  expect(await option(/New channel.*Action/)).toHaveAttribute("aria-selected", "true");
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("dialog", { name: "New channel" })).toBeVisible();
});

test("of a kind with more than one page it says that only beginnings of names are found", async () => {
  for (let number = 0; number < 101; number += 1) api.catalog.targets.push(record("targets", { id: `t-${number}`, name: `web ${number}` }));
  const { user, input } = await opened();
  await user.type(input, "web 100");
  expect(await option(/web 100.*Target/)).toBeVisible();
  expect(screen.getByText(/too many targets to search by every word/)).toBeVisible();
});

test("what the role may not do or read is neither offered nor asked for", async () => {
  api.actAs("viewer");
  const { user, input } = await opened();
  await user.type(input, "new");
  await screen.findByRole("option", { name: /New API key/ });
  expect(screen.queryByRole("option", { name: /New certificate/ })).toBeNull();
  await user.clear(input);
  await user.type(input, "audit");
  await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent("Nothing found"));
  expect(screen.queryByRole("option", { name: /Audit/ })).toBeNull();
});

test("a search that fails is said in words, and pages are still found", async () => {
  api.failNext("GET", /^\/certificates$/, 422, "That cannot be searched.");
  const { user, input } = await opened();
  await user.type(input, "jobs");
  expect(await screen.findByText("Could not search certificates: That cannot be searched.")).toBeVisible();
  expect(await option(/^Jobs ?Page$/)).toBeVisible();
});

test("the arrow keys go round, Ctrl-Enter opens another tab, and Escape gives the focus back", async () => {
  const openTab = vi.spyOn(window, "open").mockReturnValue(null);
  const { user, input } = await opened();
  const options = within(screen.getByRole("listbox")).getAllByRole("option");
  await user.keyboard("{ArrowUp}");
  expect(options.at(-1)).toHaveAttribute("aria-selected", "true");
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(options[1]).toHaveAttribute("aria-selected", "true");
  await user.type(input, "jobs");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(openTab).toHaveBeenCalledWith("/jobs", "_blank");
  openTab.mockRestore();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const button = screen.getAllByRole("button", { name: "Search" })[0];
  await user.click(button ?? document.body);
  await screen.findByRole("dialog", { name: "Search" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(button).toHaveFocus());
});

test("what was opened last is offered first, until one signs out", async () => {
  api.certificates.push(certificate({ id: "mc-7", name: "wiki.example.com" }));
  const { user } = renderAt("/certificates/mc-7");
  await screen.findByRole("heading", { level: 1, name: "wiki.example.com" });
  await user.keyboard("/");
  const recent = await screen.findByRole("group", { name: "Recent" });
  expect(within(recent).getByRole("option", { name: /wiki\.example\.com/ })).toBeVisible();
  await user.type(screen.getByRole("combobox", { name: /^Search certificates/ }), "sign out");
  await user.keyboard("{Enter}");
  await screen.findByLabelText("API key");
  expect(sessionStorage.getItem("certctl.recent")).toBeNull();
});

test("CAs, campaigns and jobs are found, and a job by its whole id although it is not among the newest", async () => {
  api.authorities.push(authority({ ca_id: "ca-7", subject: "CN=Example Issuing CA 7" }));
  api.campaigns.push(campaign({ id: "cmp-1", reason: "keyCompromise" }));
  const old = job({ id: `job-${"a".repeat(26)}`, certificate_name: "wiki.example.com" });
  api.jobs.push(...Array.from({ length: 210 }, (_, n) => job({ id: `job-${n}`, certificate_name: "other" })), old);
  const { user, input } = await opened();
  await user.type(input, "issuing ca 7");
  expect(await option(/^CN=Example Issuing CA 7/)).toHaveAttribute("href", "/cas/ca-7");
  expect(await option(/^CA compromised: what to do/)).toHaveAttribute("href", "/cas/ca-7?compromised=1");
  await user.clear(input);
  await user.type(input, "compromise");
  expect(await option(/^Campaign of .*Campaign$/)).toHaveAttribute("href", "/campaigns/cmp-1");
  expect(await option(/^CAs/)).toBeVisible();
  expect(await option(/^New campaign/)).toBeVisible();
  await user.clear(input);
  await user.click(input);
  await user.paste(old.id);
  expect(await option(/of wiki.example.com.*Job$/)).toHaveAttribute("href", `/jobs?open=${old.id}`);
});

test("the open palette is accessible", async () => {
  const { user, input } = await opened();
  await user.type(input, "policies");
  await option(/^Renewal policies/);
  await expectAccessible(screen.getByRole("dialog"));
});
