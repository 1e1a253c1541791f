import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, daysFromNow } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { queryOf } from "./filters";

const LIST = /^\/certificates$/;

function lastQuery(): Record<string, string> {
  const call = api.callsTo("GET", LIST).at(-1);
  return Object.fromEntries(call?.query ?? []);
}

/** The list's own, beside the one of the shell. */
function searchField(): HTMLElement {
  return screen.getByRole("textbox", { name: "Search" });
}

async function rowNames(): Promise<string[]> {
  const table = await screen.findByRole("table", { name: "certificates" });
  return within(table)
    .getAllByRole("link")
    .map((link) => link.textContent);
}

test("certificates are listed with status and expiry, and lead to their page", async () => {
  api.certificates.push(certificate({ id: "crt-1", name: "shop", status: "Expiring", expires_at: daysFromNow(9) }));
  const { user } = renderAt("/certificates");
  const row = (await screen.findByRole("link", { name: "shop" })).closest("tr");
  expect(row).toHaveTextContent("Expiring");
  expect(row).toHaveTextContent("in 9 days");
  await user.click(screen.getByRole("link", { name: "shop" }));
  expect(await screen.findByRole("heading", { level: 1, name: "shop" })).toBeVisible();
});

test("filters are asked of the API, stand in the address and can be cleared", async () => {
  api.certificates.push(
    certificate({ name: "shop", common_name: "shop.example.com", status: "Failed" }),
    certificate({ name: "mail", status: "Active" }),
  );
  const { user } = renderAt("/certificates?status=Failed&team_id=t-default");
  await waitFor(async () => expect(await rowNames()).toEqual(["shop"]));
  expect(lastQuery()).toMatchObject({ status: "Failed", team_id: "t-default" });
  await user.click(searchField());
  await user.paste("shop.ex");
  await waitFor(() => expect(lastQuery()).toMatchObject({ search: "shop.ex" }));
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(async () => expect(await rowNames()).toHaveLength(2));
  expect(lastQuery()).toEqual({ per_page: "100", sort: "expires_at" });
  expect(searchField()).toHaveValue("");
});

test("a domain in the address stays a filter of its own", async () => {
  renderAt("/certificates?name=example.com");
  expect(await screen.findByLabelText("Domain")).toHaveValue("example.com");
  await waitFor(() => expect(lastQuery()).toMatchObject({ name: "example.com" }));
});

test("a search that does not know every certificate says so, with rows and without", async () => {
  api.isIndexing = true;
  api.certificates.push(certificate({ name: "shop" }));
  const { user } = renderAt("/certificates?search=shop");
  expect(await screen.findByText(/still being indexed/)).toBeVisible();
  expect(await rowNames()).toEqual(["shop"]);
  await user.click(searchField());
  await user.paste("-lost");
  expect(await screen.findByText("No matching certificates")).toBeVisible();
  expect(screen.getByText(/still being indexed/)).toBeVisible();
});

test("team, owner, issuer and profile are filtered by name", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.catalog.issuers.push(record("issuers", { id: "iss-acme", name: "Public CA" }));
  const { user } = renderAt("/certificates?issuer_id=iss-acme");
  expect(await screen.findByDisplayValue("Public CA (iss-acme)", {}, { timeout: 20_000 })).toBe(
    screen.getByRole("combobox", { name: "Issuer" }),
  );
  await choose(user, screen.getByRole("combobox", { name: "Team" }), "Payments (t-pay)");
  await waitFor(() => expect(lastQuery()).toMatchObject({ team_id: "t-pay", issuer_id: "iss-acme" }));
  await user.click(screen.getByLabelText("Clear team"));
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Team" })).toHaveValue(""));
});

test("days of expiry are sent as instants, both days included", () => {
  const query = queryOf({ from: "2026-12-01", to: "2026-12-01" });
  const [after = "", before = ""] = [query.expires_after ?? undefined, query.expires_before ?? undefined];
  expect(Date.parse(before) - Date.parse(after)).toBe(86_400_000 + 1_000);
  expect(queryOf({ from: "yesterday", status: "Nonsense" })).toEqual({});
});

test("with no match the filters are the way out; with nothing at all there is no filter to clear", async () => {
  renderAt("/certificates?status=Failed");
  expect(await screen.findByText("No matching certificates")).toBeVisible();
});

test("an empty fleet says how to begin", async () => {
  renderAt("/certificates");
  expect(await screen.findByText("No certificates yet")).toBeVisible();
});

test("when reading fails it says so and can be tried again", async () => {
  api.certificates.push(certificate({ name: "shop" }));
  api.failNext("GET", LIST, 500, "The database is busy.", 3);
  const { user } = renderAt("/certificates");
  expect(await screen.findByText("The database is busy.")).toBeVisible();
  expect(screen.getByText("req-test-1")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await rowNames()).toEqual(["shop"]);
});

test("a refusal is shown at once and not tried three times", async () => {
  api.failNext("GET", LIST, 422, "query.name: must be a name.");
  renderAt("/certificates?name=!");
  expect(await screen.findByText("query.name: must be a name.")).toBeVisible();
  expect(api.callsTo("GET", LIST)).toHaveLength(1);
});

test("a long list is read page by page, and few of its rows are in the document", async () => {
  for (let n = 0; n < 250; n += 1) api.certificates.push(certificate({ name: `host-${n}` }));
  const { user } = renderAt("/certificates");
  await screen.findByText("100 certificates so far");
  expect((await rowNames()).length).toBeLessThan(60);
  await user.click(screen.getByRole("button", { name: "Load more" }));
  await screen.findByText("200 certificates so far");
  await user.click(screen.getByRole("button", { name: "Load more" }));
  await screen.findByText("250 certificates");
  expect(screen.queryByRole("button", { name: "Load more" })).toBeNull();
  expect(api.callsTo("GET", LIST).map((call) => call.query.get("cursor"))).toEqual([null, "100", "200"]);
});

test("a page further on that fails keeps the rows and can be asked for again", async () => {
  for (let n = 0; n < 150; n += 1) api.certificates.push(certificate({ name: `host-${n}` }));
  const { user } = renderAt("/certificates");
  await screen.findByText("100 certificates so far");
  api.failNext("GET", LIST, 409, "The cursor is too old.");
  await user.click(screen.getByRole("button", { name: "Load more" }));
  expect(await screen.findByText(/Could not load more: The cursor is too old/)).toBeVisible();
  expect(await rowNames()).toContain("host-0");
  await user.click(screen.getByRole("button", { name: "Load more" }));
  expect(await screen.findByText("150 certificates")).toBeVisible();
});

test("a column that the API cannot sort by is offered once all rows are loaded, and what was loaded stays", async () => {
  const names = ["mail", "api", "shop"];
  api.certificates.push(...names.map((name) => certificate({ name })));
  for (let n = 0; n < 100; n += 1) api.certificates.push(certificate({ name: "zzz" }));
  const { user } = renderAt("/certificates?sort=name");
  await screen.findByText(/100 certificates so far/);
  expect(screen.queryByRole("button", { name: "Name" })).toBeNull();
  expect(screen.getByRole("columnheader", { name: "Expires" })).toHaveAttribute("aria-sort", "ascending");
  expect(screen.getByText(/other columns can be sorted once all rows are loaded/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Load more" }));
  await screen.findByText("103 certificates");
  expect((await rowNames()).slice(0, 3)).toEqual(["api", "mail", "shop"]);
  const asked = api.callsTo("GET", LIST).length;
  await user.click(screen.getByRole("button", { name: "Name" }));
  expect((await rowNames())[0]).toBe("zzz");
  expect(api.callsTo("GET", LIST)).toHaveLength(asked);
});

const headers = () => screen.getAllByRole("columnheader").map(({ textContent }) => textContent);

test("columns are chosen, in the address and in the browser", async () => {
  api.certificates.push(certificate({ name: "shop", serial_number: "0A1B" }));
  const { user } = renderAt("/certificates");
  await rowNames();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(await screen.findByRole("checkbox", { name: "Serial number" }));
  await user.click(screen.getByRole("checkbox", { name: "Environment" }));
  await waitFor(() => expect(headers()).toContain("Serial number"));
  expect(headers()).not.toContain("Environment");
  expect(new URLSearchParams(window.location.search).get("columns")).toContain("serial_number");
  expect(localStorage.getItem("certctl.certificate-columns")).toContain("serial_number");
});

test("the key is a column; that of a version of an earlier release is not known until it is renewed", async () => {
  api.certificates.push(
    certificate({ name: "new", key_type: "RSA-2048" }),
    certificate({ name: "old", key_type: null }),
    certificate({ name: "pending", key_type: null, serial_number: null, expires_at: null, status: "Pending" }),
  );
  const { user } = renderAt("/certificates");
  await rowNames();
  expect(headers()).not.toContain("Key");
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(await screen.findByRole("checkbox", { name: "Key" }));
  const rowOf = (name: string) => screen.getByRole("link", { name }).closest("tr") as HTMLElement;
  expect(await within(rowOf("new")).findByText("RSA 2048")).toBeVisible();
  expect(within(rowOf("old")).getByTitle("Not known until the next renewal")).toHaveTextContent("–");
  expect(within(rowOf("pending")).queryByTitle("Not known until the next renewal")).toBeNull();
});

test("a link's columns come before those of the browser, and unknown ones are left out", async () => {
  localStorage.setItem("certctl.certificate-columns", JSON.stringify(["team"]));
  api.certificates.push(certificate({ name: "shop" }));
  renderAt("/certificates?columns=owner,gone,last_deployment");
  await rowNames();
  expect(headers().slice(-3)).toEqual(["Name", "Owner", "Last deployment"]);
});

test("what expires soonest comes first, and what is not in force follows under a head of its own", async () => {
  api.certificates.push(
    certificate({ name: "held", status: "OnHold", expires_at: daysFromNow(2) }),
    certificate({ name: "pending", status: "Pending", expires_at: null }),
    certificate({ name: "late", expires_at: daysFromNow(50) }),
    certificate({ name: "soon", expires_at: daysFromNow(1) }),
  );
  renderAt("/certificates");
  expect(await rowNames()).toEqual(["soon", "late", "held", "pending"]);
  expect(lastQuery()).toMatchObject({ sort: "expires_at" });
  expect(screen.getByRole("columnheader", { name: "Expires" })).toHaveAttribute("aria-sort", "ascending");
  const rows = within(screen.getByRole("table", { name: "certificates" })).getAllByRole("row");
  expect(rows.map((row) => row.textContent).findIndex((text) => text.startsWith("Not sorted by expiry"))).toBe(3);
  expect(screen.getByText("Not sorted by expiry: never issued, on hold, revoked or archived (2)")).toBeVisible();
  expect(screen.getByText("4 certificates")).toBeVisible();
});

test("the order stands in the address", async () => {
  for (let n = 0; n < 3; n += 1) api.certificates.push(certificate({ name: `host-${n}`, expires_at: daysFromNow(50 - n) }));
  const { user } = renderAt("/certificates?sort=-expires");
  expect(await rowNames()).toEqual(["host-0", "host-1", "host-2"]);
  expect(lastQuery()).toMatchObject({ sort: "-expires_at" });
  await user.click(screen.getByRole("button", { name: "Created" }));
  await waitFor(() => expect(lastQuery()).toMatchObject({ sort: "created_at" }));
  await user.click(screen.getByRole("link", { name: "host-0" }));
  await screen.findByRole("heading", { level: 1, name: "host-0" });
});

test("a preset finds what expires soon, and is taken back by a second click", async () => {
  api.certificates.push(
    certificate({ name: "soon", expires_at: daysFromNow(0.5) }),
    certificate({ name: "late", expires_at: daysFromNow(20) }),
  );
  const { user } = renderAt("/certificates");
  const preset = await screen.findByRole("button", { name: "Expires in 24 hours" });
  await user.click(preset);
  await waitFor(async () => expect(await rowNames()).toEqual(["soon"]));
  expect(preset).toHaveAttribute("aria-pressed", "true");
  await user.click(preset);
  await waitFor(async () => expect(await rowNames()).toEqual(["soon", "late"]));
});

test("rows are selected one by one, in a range with Shift, and all that are loaded", async () => {
  for (let n = 0; n < 5; n += 1) api.certificates.push(certificate({ name: `host-${n}`, expires_at: daysFromNow(10 + n) }));
  api.certificates.push(certificate({ name: "gone", status: "Revoked" }));
  const { user } = renderAt("/certificates");
  await user.click(await screen.findByRole("checkbox", { name: "Select host-1" }));
  await user.keyboard("{Shift>}");
  await user.click(screen.getByRole("checkbox", { name: "Select host-3" }));
  await user.keyboard("{/Shift}");
  expect(screen.getByRole("button", { name: "Bulk actions (3 selected)" })).toBeVisible();
  const all = screen.getByRole("checkbox", { name: "Select all loaded certificates" });
  expect(all).toHaveProperty("indeterminate", true);
  await user.click(all);
  expect(screen.getByRole("button", { name: "Bulk actions (5 selected)" })).toBeVisible();
  await user.click(all);
  expect(screen.getByRole("button", { name: "Bulk actions" })).toBeVisible();
});

test("a CSV has all that match, not only what is loaded", async () => {
  const saved: string[] = [];
  const create = vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    void (blob as Blob).text().then((text) => saved.push(text));
    return "blob:test";
  });
  for (let n = 0; n < 250; n += 1) api.certificates.push(certificate({ name: n === 0 ? "=HYPERLINK()" : `host-${n}` }));
  const { user } = renderAt("/certificates");
  await screen.findByText("100 certificates so far");
  await user.click(screen.getByRole("button", { name: "Export CSV" }));
  const result = await screen.findByText("The file has 250 certificates.");
  await waitFor(() => expect(result).toBeVisible());
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]?.trim().split("\r\n")).toHaveLength(251);
  expect(saved[0]).toContain(",'=HYPERLINK(),");
  create.mockRestore();
});

test("rows are compact, and the row height is kept in this browser", async () => {
  api.certificates.push(certificate({ name: "shop" }));
  const { user } = renderAt("/certificates");
  const heightOf = () => screen.getByRole("link", { name: "shop" }).closest("tr");
  await rowNames();
  expect(heightOf()).toHaveStyle({ height: "32px" });
  await user.click(screen.getByRole("radio", { name: "Comfortable" }));
  expect(heightOf()).toHaveStyle({ height: "48px" });
  expect(localStorage.getItem("certctl.density")).toContain("comfortable");
});

test("filters and order are saved under a name", async () => {
  api.certificates.push(certificate({ name: "shop", status: "Failed" }), certificate({ name: "mail" }));
  const { user } = renderAt("/certificates?status=Failed&sort=name");
  await rowNames();
  await user.click(screen.getByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitem", { name: /Save this view/ }));
  await user.type(await screen.findByLabelText("Name"), "Failures");
  await user.click(screen.getByRole("button", { name: "Save view" }));
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(async () => expect(await rowNames()).toHaveLength(2));
  await user.click(screen.getByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitem", { name: "Failures" }));
  await waitFor(async () => expect(await rowNames()).toEqual(["shop"]));
});

test("other names stand beside the name, and the team has its name", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.certificates.push(
    certificate({ name: "shop", common_name: "shop.example.com", sans: ["DNS:shop.example.com", "DNS:www.example.com"], team_id: "t-pay" }),
  );
  renderAt("/certificates");
  const row = (await screen.findByRole("link", { name: "shop" })).closest("tr");
  await waitFor(() => expect(row).toHaveTextContent("Payments"));
  expect(row).toHaveTextContent("shop.example.com, www.example.com");
});

test("a certificate that has not been issued is last, whichever way what is loaded is sorted by expiry", async () => {
  const common_name = "shop.example.com";
  const soon = certificate({ name: "soon", common_name, expires_at: daysFromNow(1) });
  const late = certificate({ name: "late", common_name, expires_at: daysFromNow(80) });
  api.certificates.push(certificate({ name: "none", common_name, expires_at: null }), late, soon);
  const { user } = renderAt("/certificates?search=shop");
  await user.click(await screen.findByRole("button", { name: "Expires" }));
  expect(await rowNames()).toEqual(["soon", "late", "none"]);
  await user.click(screen.getByRole("button", { name: "Expires" }));
  expect(await rowNames()).toEqual(["late", "soon", "none"]);
});

test("only roles that may create are offered to", async () => {
  api.actAs("viewer");
  renderAt("/certificates");
  await screen.findByText("No certificates yet");
  expect(screen.queryByRole("link", { name: "New certificate" })).toBeNull();
});

test("the page is accessible", async () => {
  api.certificates.push(certificate(), certificate({ status: "OnHold" }));
  const { container } = renderAt("/certificates?owner_id=o-default");
  await rowNames();
  await expectAccessible(container);
});

test("a row says how its renewal stands, and expiry in words that nobody overlooks", async () => {
  localStorage.setItem("certctl.density", JSON.stringify("comfortable"));
  api.certificates.push(
    certificate({ name: "ldap", status: "Expired", expires_at: daysFromNow(-5), renewal_state: "failed", renewal_error: "KMS is down" }),
    certificate({ name: "agents", status: "Expiring", expires_at: daysFromNow(4.1), renewal_state: "in_progress" }),
  );
  renderAt("/certificates");
  const table = await screen.findByRole("table", { name: "certificates" });
  expect(await within(table).findByText("Renewal failed: KMS is down")).toBeVisible();
  expect(within(table).getByText("Renewing")).toBeVisible();
  expect(within(table).getAllByText("5 days ago")[0]?.parentElement).toHaveTextContent("Expired 5 days ago");
});
