// Read before the clock of the first test starts: the page is loaded lazily.
import "../InventoryImport";

import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";

import { record } from "../../../test/catalogBuilders";
import { expectAccessible } from "../../../test/accessibility";
import { endpoint } from "../../../test/inventoryBuilders";
import { renderAt } from "../../../test/render";
import { api } from "../../../test/server";
import { hostsIn, MOST_HOSTS } from "./hostLines";

const creations = () => api.callsTo("POST", /^\/endpoints$/);

async function pasted(text: string): Promise<{ user: UserEvent; container: HTMLElement }> {
  api.catalog.teams.push(record("teams", { id: "t-default", name: "Default" }));
  const rendered = renderAt("/inventory/import");
  await rendered.user.click(await screen.findByRole("textbox", { name: "Host names" }));
  await rendered.user.paste(text);
  return rendered;
}

const lines = async () => within(await screen.findByRole("list", { name: "Hosts" })).getAllByRole("listitem");

test("each pasted host becomes an endpoint of the public prober", async () => {
  const { user, container } = await pasted("www.example.com\n# mail\nmail.example.com:993\n\nhttps://shop.example.com/cart\n");
  await user.click(await screen.findByRole("button", { name: "Add 3 endpoints" }));
  expect(await screen.findByText(/^3 endpoints of 3 hosts added/)).toBeVisible();
  expect(creations().map(({ body }) => body)).toEqual(
    [
      ["www.example.com", 443],
      ["mail.example.com", 993],
      ["shop.example.com", 443],
    ].map(([host, port]): unknown => expect.objectContaining({ host, port, prober: "public", team_id: "t-default", certificate_ids: [] })),
  );
  expect(within(screen.getByText(/^3 endpoints of 3 hosts added/)).getByRole("link", { name: "Endpoints" })).toHaveAttribute(
    "href",
    "/endpoints",
  );
  await expectAccessible(container);
});

test("each refused line has its reason, and the others are added", async () => {
  api.failNext("POST", /^\/endpoints$/, 422, "The host is not public.");
  const { user } = await pasted("10.0.0.1\nwww.example.com\n");
  await user.click(await screen.findByRole("button", { name: "Add 2 endpoints" }));
  await waitFor(async () =>
    expect((await lines()).map(({ textContent }) => textContent)).toEqual([
      "10.0.0.1:443 RefusedThe host is not public.",
      "www.example.com:443 Added",
    ]),
  );
  expect(screen.queryByRole("button", { name: /^Try/ })).not.toBeInTheDocument();
});

test("a host that is probed already is not added again", async () => {
  api.inventory.endpoints.push(endpoint({ host: "www.example.com" }));
  const { user } = await pasted("WWW.example.com\n");
  await user.click(await screen.findByRole("button", { name: "Add 1 endpoint" }));
  await waitFor(async () => expect((await lines())[0]).toHaveTextContent("www.example.com:443 Probed already"));
  expect(creations()).toEqual([]);
});

test("a line that got no answer is sent again under the same key", async () => {
  api.failNext("POST", /^\/endpoints$/, 503, "Try again later.");
  const { user } = await pasted("www.example.com\n");
  await user.click(await screen.findByRole("button", { name: "Add 1 endpoint" }));
  await user.click(await screen.findByRole("button", { name: "Try 1 host again" }));
  await waitFor(async () => expect((await lines())[0]).toHaveTextContent("Added"));
  const [first, second] = creations().map(({ headers }) => headers.get("Idempotency-Key"));
  expect(second).toBe(first);
});

test.each([
  ["a name", "www.example.com", ["www.example.com", 443]],
  ["a port", "www.example.com:8443", ["www.example.com", 8443]],
  ["the address of a page", "https://WWW.example.com:8443/a?b=c", ["www.example.com", 8443]],
  ["IPv6", "2001:DB8::1", ["2001:db8::1", 443]],
  ["IPv6 with a port", "[2001:db8::1]:993", ["2001:db8::1", 993]],
])("%s is read as a host and its port", (_, text, [host, port]) => {
  expect(hostsIn(text)).toEqual({ hosts: [{ host, port }], problems: [] });
});

test.each([
  ["two words", "www example.com", "Is not a host, or a host and a port."],
  ["another scheme", "http://www.example.com", "Is not a host, or a host and a port."],
  ["a port beyond the last", "www.example.com:70000", "A port is a number from 1 to 65535."],
  ["a name of 300 characters", "a".repeat(300), "A host has at most 253 characters."],
])("%s is not sent, and says why", (_, text, reason) => {
  expect(hostsIn(text)).toEqual({ hosts: [], problems: [{ place: text.slice(0, 200), reason }] });
});

test("a host twice is one, and more than a hundred are left out by name", () => {
  expect(hostsIn("a.example\nA.example:443\n").hosts).toHaveLength(1);
  const many = Array.from({ length: MOST_HOSTS + 1 }, (_, number) => `h${number}.example`).join("\n");
  const { hosts, problems } = hostsIn(many);
  expect(hosts).toHaveLength(MOST_HOSTS);
  expect(problems).toEqual([{ place: "h100.example:443", reason: "At most 100 at a time." }]);
});
