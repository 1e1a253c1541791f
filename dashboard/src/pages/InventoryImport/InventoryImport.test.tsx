// Read before the clock of the first test starts: the page is loaded lazily.
import "./InventoryImport";

import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { choose } from "../../test/choose";
import { CSR, FULL_LEAF, ISSUING_CA, LEAF } from "../../test/pem";
import { record } from "../../test/catalogBuilders";
import { renderAt, renderForPerson } from "../../test/render";
import { api } from "../../test/server";
import { bytesIn } from "../../components/pki/chain";
import { chunksOf, entriesOf } from "./entries";
import { kindOf } from "./der";
import { contentsOf } from "./readFile";

const KEY = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIHh4eA==\n-----END EC PRIVATE KEY-----\n";
const bytes = (...numbers: number[]) => Uint8Array.from(numbers);
const PKCS_8 = bytes(0x30, 0x0b, 0x02, 0x01, 0, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03, 0x04, 0);
const PKCS_12 = bytes(0x30, 0x10, 0x02, 0x01, 3, 0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01);
const element = (tag: number, ...content: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = content.flatMap((part) => [...part]);
  return bytes(tag, 0x83, all.length >> 16, (all.length >> 8) & 0xff, all.length & 0xff, ...all);
};
const OF_SIGNED_DATA = bytes(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02);
/** A SignedData without signatures. */
const pkcs7 = (...certificates: Uint8Array[]) =>
  element(
    0x30,
    OF_SIGNED_DATA,
    element(0xa0, element(0x30, bytes(0x02, 1, 1), element(0x31), element(0x30), element(0xa0, ...certificates), element(0x31))),
  );
const encoded = (text: string) => new TextEncoder().encode(text);
const file = (name: string, ...parts: (string | Uint8Array<ArrayBuffer>)[]) => new File(parts, name);

async function dropped(...files: File[]) {
  const rendered = renderAt("/inventory/import");
  const area = (await screen.findByText(/^Drop files with/)).parentElement ?? document.body;
  fireEvent.drop(area, { dataTransfer: { files } });
  return rendered;
}

const chunks = () => api.callsTo("PUT", /chunks/);

test("dropped files are counted, sent as a chunk, and what became of them is said", async () => {
  const { user, container } = await dropped(file("shop.pem", LEAF + ISSUING_CA), file("full.der", bytesIn(FULL_LEAF)));
  expect(await screen.findByText("3 certificates in 2 files")).toBeVisible();
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Import 3 certificates" }));
  expect(await screen.findByRole("heading", { name: "Imported" })).toBeVisible();
  const sent = api.inventory.chunks.get(1) ?? [];
  expect(sent.map(({ place }) => place)).toEqual(expect.arrayContaining(["upload:shop.pem#1", "upload:full.der#1"]));
  expect(screen.getByRole("link", { name: "View the inventory" })).toHaveAttribute("href", "/inventory");
  await expectAccessible(container);
});

test("a private key is dropped in the browser, and nothing of it is sent", async () => {
  const { user } = await dropped(file("both.pem", LEAF + KEY), file("key.der", PKCS_8));
  expect(await screen.findByText("2 private keys left out")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Import 1 certificate" }));
  await screen.findByRole("heading", { name: "Imported" });
  expect(JSON.stringify(api.calls)).not.toContain("MHcCAQEEIHh4eA");
  expect(chunks()).toHaveLength(1);
});

test("what is not a certificate is named with its reason, and cannot be imported", async () => {
  await dropped(file("store.p12", PKCS_12), file("notes.txt", "hello"));
  const refusals = await screen.findByRole("region", { name: "Not imported" });
  await waitFor(() => expect(within(refusals).getAllByRole("listitem")).toHaveLength(2));
  expect(refusals).toHaveTextContent("store.p12: A keystore is not opened in the browser");
  expect(refusals).toHaveTextContent("notes.txt: There is no certificate in it.");
  expect(screen.getByRole("button", { name: "Import 0 certificates" })).toBeDisabled();
});

test("files are chosen with a button, too, for a team and under a name", async () => {
  api.catalog.teams.push(record("teams", { id: "t-shop", name: "Shop" }));
  const { user, container } = renderAt("/inventory/import");
  await screen.findByRole("button", { name: "Choose files" });
  await user.upload(container.querySelector<HTMLInputElement>("input[type=file]:not([aria-label])") ?? document.createElement("input"), [
    file("shop.pem", LEAF),
  ]);
  const name = await screen.findByRole("textbox", { name: "Where they are from" });
  await user.clear(name);
  await user.type(name, "web-1");
  await choose(user, within(screen.getByRole("region", { name: "Drop files" })).getByRole("combobox", { name: "Team" }), /^Shop/);
  await user.click(screen.getByRole("button", { name: "Import 1 certificate" }));
  await screen.findByRole("heading", { name: "Imported" });
  expect(api.callsTo("POST", /imports$/)[0]?.body).toEqual({ name: "web-1", team_id: "t-shop" });
});

test("what the API refuses is listed with its reason", async () => {
  api.inventory.refusals.set("upload:shop.pem#1", "not a certificate");
  const { user } = await dropped(file("shop.pem", LEAF));
  await user.click(await screen.findByRole("button", { name: "Import 1 certificate" }));
  const refused = await screen.findByRole("region", { name: "Refused" });
  expect(refused).toHaveTextContent("upload:shop.pem#1: not a certificate");
});

test("after a failed request the import goes on where it was", async () => {
  const { user } = await dropped(file("many.pem", LEAF.repeat(301)));
  const button = await screen.findByRole("button", { name: "Import 301 certificates" });
  await waitFor(() => expect(button).toBeEnabled());
  api.failNext("PUT", /chunks\/2$/, 503, "Try again later.");
  await user.click(button);
  expect(await screen.findByText("Try again later.")).toBeVisible();
  expect(screen.getByText("300 of 301 sent")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await screen.findByRole("heading", { name: "Imported" });
  expect(chunks().map(({ path }) => path.split("/").at(-1))).toEqual(["1", "2", "2"]);
  expect(api.callsTo("POST", /imports$/)).toHaveLength(1);
});

test("a chunk that came too early is sent again without asking", async () => {
  const { user } = await dropped(file("one.pem", LEAF));
  const button = await screen.findByRole("button", { name: "Import 1 certificate" });
  await waitFor(() => expect(button).toBeEnabled());
  api.failNext("PUT", /chunks\/1$/, 429, "Imports write 300 certificates a second.");
  await user.click(button);
  await screen.findByRole("heading", { name: "Imported" }, { timeout: 4_000 });
  expect(chunks()).toHaveLength(2);
});

test("the command for a host has the address of this stack", async () => {
  renderAt("/inventory/import");
  expect(await screen.findByText(`CERTCTL_URL=${window.location.origin} certctl inventory import /etc/letsencrypt /etc/ssl`)).toBeVisible();
  expect(screen.getByRole("button", { name: "Copy the import command" })).toBeVisible();
});

test("who signed in with a provider signs in on the host first", async () => {
  renderForPerson("/inventory/import");
  expect(await screen.findByText(`certctl login --url ${window.location.origin}`)).toBeVisible();
  expect(screen.getByText("certctl inventory import /etc/letsencrypt /etc/ssl")).toBeVisible();
});

test("certificates in PKCS #7 are read, in DER and in PEM", () => {
  const der = pkcs7(bytesIn(LEAF), bytesIn(ISSUING_CA));
  const pem = `-----BEGIN PKCS7-----\n${btoa(String.fromCharCode(...der))}\n-----END PKCS7-----\n`;
  for (const file of [der, encoded(pem)]) {
    expect(contentsOf(file)).toEqual({ certificates: [bytesIn(LEAF), bytesIn(ISSUING_CA)], privateKeys: 0, refusals: [] });
  }
});

test("what PKCS #7 has besides certificates is not sent", () => {
  expect(contentsOf(pkcs7(PKCS_8))).toMatchObject({ certificates: [], privateKeys: 1 });
  expect(contentsOf(pkcs7()).refusals).toEqual(["There is no certificate in it."]);
  expect(contentsOf(pkcs7(pkcs7(bytesIn(LEAF)))).refusals).toEqual(["There is no certificate in it."]);
  expect(contentsOf(bytes(0x30, 0x04, 0x06, 0x02, 0x2a, 0x03)).refusals).toEqual([expect.stringContaining("This PKCS #7 is not read")]);
});

test("a viewer imports nothing", async () => {
  api.actAs("viewer");
  renderAt("/inventory/import");
  expect(await screen.findByRole("heading", { level: 1, name: "Import certificates" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Choose files" })).not.toBeInTheDocument();
});

test.each([
  ["a certificate", bytesIn(LEAF), "certificate"],
  ["PKCS #8", PKCS_8, "private key"],
  ["PKCS #1", bytes(0x30, 0x06, 0x02, 0x01, 0, 0x02, 0x01, 5), "private key"],
  ["encrypted PKCS #8", bytes(0x30, 0x08, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03, 0x04, 0), "private key"],
  ["PKCS #12", PKCS_12, "keystore"],
  ["a Java keystore", bytes(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2), "keystore"],
  ["PKCS #7", bytes(0x30, 0x04, 0x06, 0x02, 0x2a, 0x03), "PKCS #7"],
  ["a length beyond the end", bytes(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02), "unknown"],
  ["an indefinite length", bytes(0x30, 0x80, 0x02, 0x01, 0), "unknown"],
  ["nothing", bytes(), "unknown"],
])("%s is known by its form", (_, der, kind) => {
  expect(kindOf(der)).toBe(kind);
});

test("a key under the label of a certificate is a key", () => {
  const text = `-----BEGIN CERTIFICATE-----\n${btoa(String.fromCharCode(...PKCS_8))}\n-----END CERTIFICATE-----\n`;
  expect(contentsOf(encoded(text))).toMatchObject({ certificates: [], privateKeys: 1 });
});

test("a key whose end is missing is a key, and a request is nothing", () => {
  expect(contentsOf(encoded(KEY.slice(0, 40))).privateKeys).toBe(1);
  expect(contentsOf(encoded(CSR)).refusals).toEqual(["There is no certificate in it."]);
});

test("the certificates above a leaf are its chain, in whatever order they stand", () => {
  const [leaf, ca] = [bytesIn(LEAF), bytesIn(ISSUING_CA)];
  const signed = entriesOf("a.pem", [ca, leaf]);
  const alone = entriesOf("a.pem", [ca]);
  expect(alone.map(({ place, chain }) => [place, chain])).toEqual([["upload:a.pem#1", []]]);
  expect(signed.flatMap(({ chain = [] }) => chain).length + signed.length).toBe(2);
});

test("a place has at most 1,000 characters, and keeps its end", () => {
  const [entry] = entriesOf(`${"a".repeat(2_000)}/shop.pem`, [bytesIn(LEAF)]);
  expect(entry?.place).toHaveLength(1_000);
  expect(entry?.place).toMatch(/^upload:a.*\/shop\.pem#1$/);
});

test("a chunk has at most 300 certificates and 3.5 million characters", () => {
  const large = { place: "upload:a#1", der: "A".repeat(1_800_000), chain: [] };
  expect(chunksOf([large, large, large]).map((chunk) => chunk.length)).toEqual([1, 1, 1]);
  expect(chunksOf(Array.from({ length: 601 }, () => ({ ...large, der: "AA==" }))).map(({ length }) => length)).toEqual([300, 300, 1]);
});
