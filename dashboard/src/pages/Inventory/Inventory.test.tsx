// Read before the clock of the first test starts: the pages are loaded lazily.
import "./Inventory";
import "./Observed";

import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { daysFromNow } from "../../test/builders";
import { choose } from "../../test/choose";
import { FINGERPRINT, observed, sighting, source } from "../../test/inventoryBuilders";
import { LEAF } from "../../test/pem";
import { renderAt } from "../../test/render";
import { inventorySummary } from "../../test/reportBuilders";
import { api } from "../../test/server";
import { queryOf } from "./filters";
import { issuerWords, keyWords, nameWords } from "./words";

const fingerprintOf = (number: number) => number.toString(16).padStart(64, "0");
const lastList = () => api.callsTo("GET", /^\/inventory\/certificates$/).at(-1);

test("what was found is listed with its status, issuer, expiry and places", async () => {
  api.inventory.observed.push(observed({ name_count: 3, sightings: 1_204, not_after: daysFromNow(-2) }));
  const { container } = renderAt("/inventory");
  const row = (await screen.findByRole("link", { name: "shop.example.com" })).closest("tr") ?? document.body;
  for (const text of ["Unmanaged", "Example CA", "1,204", "and 2 other names", /^Expired/]) {
    expect(within(row).getByText(text)).toBeVisible();
  }
  expect(screen.getByRole("link", { name: "shop.example.com" })).toHaveAttribute("href", `/inventory/${FINGERPRINT}`);
  await expectAccessible(container);
});

test("filters of the address go to the API, and a chosen one into the address", async () => {
  api.inventory.observed.push(observed());
  const { user } = renderAt("/inventory?q=shop&issuer=Example&team=t-default&expires=90");
  await screen.findByRole("link", { name: "shop.example.com" });
  expect(Object.fromEntries(lastList()?.query ?? [])).toMatchObject({ q: "shop", issuer: "Example", team: "t-default" });
  expect(lastList()?.query.get("expires_before")).toMatch(/^\d{4}-\d\d-\d\dT/);
  await choose(user, screen.getByRole("combobox", { name: "Status" }), "Managed");
  expect(await screen.findByText("No results match these filters")).toBeVisible();
  expect(new URLSearchParams(window.location.search).get("status")).toBe("Managed");
});

test("the last count is offered as filters, which stand in the address", async () => {
  api.inventory.observed.push(observed());
  api.inventory.summary = inventorySummary();
  const { user, container } = renderAt("/inventory");
  const facets = within(await screen.findByRole("region", { name: "Facets" }));
  await expectAccessible(container);
  await user.click(facets.getByRole("button", { name: "Nobody known 1,000" }));
  await user.click(facets.getByRole("button", { name: "Signed with SHA-1 12" }));
  await waitFor(() => expect(Object.fromEntries(lastList()?.query ?? [])).toMatchObject({ renewer: "nobody", trait: "sha1" }));
  expect(window.location.search).toBe("?renewer=nobody&trait=sha1");
  expect(facets.getByRole("button", { name: "Nobody known 1,000" })).toHaveAttribute("aria-pressed", "true");
  await user.click(facets.getByRole("button", { name: "Nobody known 1,000" }));
  expect(window.location.search).toBe("?trait=sha1");
  expect(facets.queryByRole("button", { name: /^Wildcard/ })).not.toBeInTheDocument();
});

test("without a count there are no facets", async () => {
  api.inventory.observed.push(observed());
  api.inventory.summary = inventorySummary({ computed_at: null });
  renderAt("/inventory");
  await screen.findByRole("link", { name: "shop.example.com" });
  await waitFor(() => expect(api.callsTo("GET", /summary$/)).toHaveLength(1));
  expect(screen.queryByRole("region", { name: "Facets" })).not.toBeInTheDocument();
});

test("more pages are read by cursor", async () => {
  api.inventory.observed = Array.from({ length: 130 }, (_, number) => observed({ fingerprint: fingerprintOf(number) }));
  const { user } = renderAt("/inventory");
  await user.click(await screen.findByRole("button", { name: "Load more" }));
  expect(await screen.findByText("130 observed certificates")).toBeVisible();
  expect(lastList()?.query.get("cursor")).toBe("100");
});

test("an empty inventory offers three ways, and lists what one of them brought", async () => {
  const { user, container } = renderAt("/inventory");
  expect(await screen.findByText("No certificates found yet")).toBeVisible();
  for (const name of ["Drop files", "Paste host names", "Run one command"]) {
    expect(await screen.findByRole("heading", { name })).toBeVisible();
  }
  await expectAccessible(container);
  const area = screen.getByText(/^Drop files with/).parentElement ?? document.body;
  fireEvent.drop(area, { dataTransfer: { files: [new File([LEAF], "shop.pem")] } });
  const send = await screen.findByRole("button", { name: "Import 1 certificate" });
  await waitFor(() => expect(send).toBeEnabled());
  api.inventory.observed.push(observed());
  await user.click(send);
  expect(await screen.findByRole("link", { name: "shop.example.com" })).toBeVisible();
  expect(screen.getByRole("heading", { name: "Imported" })).toBeVisible();
  expect(screen.queryByText("No certificates found yet")).not.toBeInTheDocument();
});

test("a viewer reads the inventory, and is offered no import", async () => {
  api.actAs("viewer");
  renderAt("/inventory");
  await screen.findByText("No certificates found yet");
  expect(screen.queryByRole("link", { name: "Import" })).not.toBeInTheDocument();
});

test("one certificate shows its facts, and each of its places with who reported it", async () => {
  api.inventory.observed.push(observed({ certificate_id: "mc-1", renewed_by: "certbot", names: ["shop.example.com", "www.example.com"] }));
  api.inventory.places.push(sighting(), sighting({ place: "tls:shop.example.com:443/shop.example.com", scope_id: "scp-2" }));
  api.inventory.sources.push(source());
  const { container } = renderAt(`/inventory/${FINGERPRINT}`);
  expect(await screen.findByRole("heading", { level: 1, name: "shop.example.com" })).toBeVisible();
  expect(screen.getByText("www.example.com")).toBeVisible();
  expect(screen.getByText("certbot")).toBeVisible();
  expect(screen.getByRole("link", { name: "mc-1" })).toHaveAttribute("href", "/certificates/mc-1");
  const places = await screen.findByRole("table", { name: "places" });
  expect(await within(places).findByText("web-1")).toBeVisible();
  expect(within(places).getByText("file:/etc/ssl/shop.pem#1")).toBeVisible();
  expect(within(places).getByText("tls:shop.example.com:443/shop.example.com")).toBeVisible();
  await expectAccessible(container);
});

test("a user who may write the inventory changes owner and tags of a certificate", async () => {
  api.inventory.observed.push(observed({ owner_id: null, tags: { app: "shop" } }));
  const { user, container } = renderAt(`/inventory/${FINGERPRINT}`);
  expect(await screen.findByText("Tag app")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Change team and owner" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByRole("combobox", { name: "Tags" }), "tier=1{Enter}");
  await expectAccessible(container);
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Tag tier")).toBeVisible();
  expect(api.inventory.observed[0]?.tags).toEqual({ app: "shop", tier: "1" });
});

test("who has a certificate of another team sees that the rest is not shown, and cannot give it away", async () => {
  api.actAs("operator");
  api.inventory.observed.push(observed({ team_id: "t-web", owner_id: null, renewed_by: null }));
  api.inventory.places.push(sighting());
  renderAt(`/inventory/${FINGERPRINT}`);
  expect(await screen.findByText("Shown to its team only")).toBeVisible();
  expect(screen.getByText("Where your teams found it. Places of other teams are not shown.")).toBeVisible();
  expect(screen.queryByText("Not known")).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Change team and owner" })).not.toBeInTheDocument();
});

test("a managed certificate is not given away here", async () => {
  api.inventory.observed.push(observed({ status: "Managed", certificate_id: "mc-1" }));
  renderAt(`/inventory/${FINGERPRINT}`);
  expect(await screen.findByText("Managed as")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Change team and owner" })).not.toBeInTheDocument();
});

test("names that strangers wrote are text", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  api.inventory.observed.push(observed({ first_name: evil, issuer: `CN=${evil}` }));
  const { container } = renderAt("/inventory");
  expect(await screen.findByRole("link", { name: evil })).toBeVisible();
  expect(container.querySelector("img")).toBeNull();
});

test("a certificate that is not there, or not for the reader, says so", async () => {
  renderAt(`/inventory/${FINGERPRINT}`);
  expect(await screen.findByText("Certificate not found")).toBeVisible();
});

test("filters that are not offered are not sent", () => {
  expect(queryOf({ status: "Lost", expires: "12", kind: "leaf", owner: "o-1" })).toEqual({ owner: "o-1" });
  expect(queryOf({ kind: "true", expires: "7" }, 0)).toEqual({ is_ca: true, expires_before: "1970-01-08T00:00:00Z" });
});

test("an issuer is called by its common name, else by all of its name", () => {
  expect(issuerWords("CN=Example\\, Inc. CA,O=Example")).toBe("Example, Inc. CA");
  expect(issuerWords("O=Example")).toBe("O=Example");
  expect(issuerWords("")).toBe("–");
});

test("a certificate without names is called by its subject, else by its fingerprint", () => {
  expect(nameWords({ first_name: "", subject: "O=Example", fingerprint: "9f" })).toBe("O=Example");
  expect(nameWords({ first_name: "", subject: "", fingerprint: "9f" })).toBe("9f");
});

test("the size of a key is said once", () => {
  expect(keyWords({ key_algorithm: "RSA", key_bits: 2048 })).toBe("RSA 2048");
  expect(keyWords({ key_algorithm: "ECDSA P-256", key_bits: 256 })).toBe("ECDSA P-256");
});
