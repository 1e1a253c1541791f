import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { problem } from "../../test/fakeApi";
import { CSR, WEAK_CSR } from "../../test/pem";
import { renderAt } from "../../test/render";
import { api, server } from "../../test/server";
import { bodyOf, EMPTY, nameProblems } from "./draft";

const CREATE = /^\/certificates$/;
const PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIE\n-----END PRIVATE KEY-----\n";

async function opened() {
  const rendered = renderAt("/certificates/new");
  const field = await screen.findByLabelText(/Certificate signing request/);
  const next = async () => rendered.user.click(screen.getByRole("button", { name: /^(Next|Create certificate)$/ }));
  const paste = async (text: string) => {
    await rendered.user.click(field);
    await rendered.user.paste(text);
  };
  return { ...rendered, field, next, paste };
}

test("a pasted request shows what it asks for, fills in the names and is sent", async () => {
  const { paste, next } = await opened();
  await paste(CSR);
  expect(await screen.findByText("Key: ECDSA P-256")).toBeVisible();
  await next();
  expect(screen.getByLabelText(/Common name/)).toHaveValue("shop.example.com");
  expect(screen.getByText("DNS:www.shop.example.com")).toBeVisible();
  await next();
  await next();
  expect(await screen.findByRole("heading", { level: 1, name: "shop.example.com" })).toBeVisible();
  const [call] = api.callsTo("POST", CREATE);
  expect(call?.body).toMatchObject({ common_name: "shop.example.com", csr_pem: CSR });
  expect(call?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f-]{36}$/);
});

test("who is faster than the decoding finds the names filled in too", async () => {
  const { paste, next } = await opened();
  await paste(CSR);
  await next();
  expect(await screen.findByLabelText(/Common name/)).toHaveValue("shop.example.com");
});

test("a private key is taken out of the form and never sent", async () => {
  const { paste, field, next } = await opened();
  await paste(PRIVATE_KEY);
  expect(await screen.findByText("That was a private key")).toBeVisible();
  expect(field).toHaveValue("");
  await next();
  expect(screen.getByText(/Paste the CSR/)).toBeVisible();
  expect(api.callsTo("POST", CREATE)).toEqual([]);
});

test("a file is read, and one that is too large is not", async () => {
  const { user, field, container } = await opened();
  const input = container.querySelector<HTMLInputElement>("input[type=file]");
  if (input === null) throw new Error("There is no file input.");
  await user.upload(input, new File(["x".repeat(40_000)], "movie.pem"));
  expect(await screen.findByText(/movie.pem is too large/)).toBeVisible();
  await user.upload(input, new File([CSR], "shop.pem"));
  expect(await screen.findByText("Common name: shop.example.com")).toBeVisible();
  expect(field).toHaveValue(CSR);
});

test("a damaged request is stopped here, a weak key is warned of", async () => {
  const { user, paste, field, next } = await opened();
  await paste(CSR.slice(0, 120));
  expect(screen.getByText(/damaged or incomplete/)).toBeVisible();
  await next();
  expect(screen.queryByLabelText(/Common name/)).toBeNull();
  await user.clear(field);
  await paste(WEAK_CSR);
  expect(await screen.findByText(/Certificates cannot be issued for this key/)).toBeVisible();
  await next();
  await waitFor(() => expect(screen.getAllByText(/Certificates cannot be issued for this key/)).toHaveLength(2));
  expect(screen.queryByLabelText(/Common name/)).toBeNull();
  await user.clear(field);
  await paste(CSR);
  expect(await screen.findByText("Key: ECDSA P-256")).toBeVisible();
  expect(screen.queryByText(/Certificates cannot be issued for this key/)).toBeNull();
});

test("a problem goes once its field is changed", async () => {
  const { next, paste } = await opened();
  await next();
  expect(screen.getByText(/Paste the CSR/)).toBeVisible();
  await paste(CSR);
  expect(screen.queryByText(/Paste the CSR/)).toBeNull();
});

test("the browser's Back goes a step back, and what was filled in is kept, also over a reload", async () => {
  const { user, next, unmount } = await opened();
  await user.click(screen.getByRole("radio", { name: /^Submit the CSR later/ }));
  await next();
  await user.click(screen.getByLabelText(/Common name/));
  await user.paste("kept.example.com");
  await next();
  expect(await screen.findByLabelText("Environment")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Back" }));
  expect(await screen.findByLabelText(/Common name/)).toHaveValue("kept.example.com");
  unmount();
  const again = renderAt("/certificates/new?step=details");
  expect(await screen.findByLabelText("Environment")).toBeVisible();
  await again.user.click(screen.getByRole("button", { name: "Start over" }));
  expect(await screen.findByRole("radio", { name: /have a CSR/ })).toBeChecked();
  expect(sessionStorage.getItem("certctl.new-certificate")).toBeNull();
});

test("half a private key is not stored, a whole request is", async () => {
  const { paste, user, field } = await opened();
  await paste(PRIVATE_KEY.slice(28));
  expect(sessionStorage.getItem("certctl.new-certificate")).toBeNull();
  await user.clear(field);
  await paste(CSR);
  expect(sessionStorage.getItem("certctl.new-certificate")).toContain("CERTIFICATE REQUEST");
});

test("what is taken without a choice is filled in by name, and is not sent", async () => {
  api.catalog.teams.push(record("teams", { id: "t-default", name: "Everyone" }));
  const { next } = await openedAtDetails("shop.example.com");
  await waitFor(() => expect(screen.getByRole("combobox", { name: /^Team/ })).toHaveValue("Everyone (t-default)"));
  await next();
  await screen.findByRole("heading", { level: 1, name: "shop.example.com" });
  expect(api.callsTo("POST", CREATE)[0]?.body).toEqual({ common_name: "shop.example.com" });
});

test("the request may come later: why no key is made here is said, and none is sent", async () => {
  const { user, next } = await opened();
  await user.click(screen.getByRole("radio", { name: /^Submit the CSR later/ }));
  expect(screen.getByText(/certctl holds no private keys/)).toBeVisible();
  await next();
  await next();
  expect(screen.getByText("Enter a common name.")).toBeVisible();
  await user.click(screen.getByLabelText(/Common name/));
  await user.paste("later.example.com");
  await next();
  await user.click(screen.getByLabelText("Environment"));
  await user.paste("staging");
  await next();
  await screen.findByRole("heading", { level: 1, name: "later.example.com" });
  expect(api.callsTo("POST", CREATE)[0]?.body).toEqual({ common_name: "later.example.com", environment: "staging" });
});

/** On the step with the details, without a request. */
async function openedAtDetails(commonName: string) {
  const rendered = await opened();
  await rendered.user.click(screen.getByRole("radio", { name: /^Submit the CSR later/ }));
  await rendered.next();
  await rendered.user.click(screen.getByLabelText(/Common name/));
  await rendered.user.paste(commonName);
  await rendered.next();
  return rendered;
}

test("team, owner, issuer, profile, renewal policy and targets are chosen by name, and sent as ids", async () => {
  api.catalog.teams.push(record("teams", { id: "t-pay", name: "Payments" }));
  api.catalog.owners.push(record("owners", { id: "o-ada", name: "Ada" }));
  api.catalog.issuers.push(record("issuers", { id: "iss-acme", name: "Public CA" }));
  api.catalog.profiles.push(record("profiles", { id: "mtls", name: "Mutual TLS" }));
  api.catalog["renewal-policies"].push(record("renewal-policies", { id: "rp-fast", name: "Fast" }));
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Web 1" }), record("targets", { id: "tgt-2", name: "Web 2" }));
  const { user, next } = await openedAtDetails("shop.example.com");
  const pick = (label: RegExp, option: string) => choose(user, screen.getByRole("combobox", { name: label }), option);
  await pick(/^Team/, "Payments (t-pay)");
  await pick(/^Owner/, "Ada (o-ada)");
  await pick(/^Issuer/, "Public CA (iss-acme)");
  await pick(/^Profile/, "Mutual TLS (mtls)");
  await pick(/^Renewal policy/, "Fast (rp-fast)");
  await pick(/^Targets/, "Web 1 (tgt-1)");
  await pick(/^Targets/, "Web 2 (tgt-2)");
  await next();
  await screen.findByRole("heading", { level: 1, name: "shop.example.com" });
  expect(api.callsTo("POST", CREATE)[0]?.body).toEqual({
    common_name: "shop.example.com",
    team_id: "t-pay",
    owner_id: "o-ada",
    issuer_id: "iss-acme",
    profile_id: "mtls",
    renewal_policy_id: "rp-fast",
    target_ids: ["tgt-1", "tgt-2"],
  });
});

test("a record that the API refuses is named at its field, and what was chosen stays", async () => {
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Web 1" }));
  server.use(
    http.post("*/certificates", () =>
      problem(422, "The certificate was refused.", [{ field: "target_ids.0", message: "is of another team" }]),
    ),
  );
  const { user, next } = await openedAtDetails("shop.example.com");
  const targets = screen.getByRole("combobox", { name: /^Targets/ });
  await choose(user, targets, "Web 1 (tgt-1)");
  await next();
  expect(await screen.findByText("is of another team")).toBeVisible();
  expect(within(screen.getByRole("main")).getByText("Web 1 (tgt-1)")).toBeInTheDocument();
});

test("what the API refuses is shown at its field, on the step where that is", async () => {
  server.use(
    http.post("*/certificates", () => problem(422, "The names were refused.", [{ field: "common_name", message: "is not a DNS name" }])),
  );
  const { paste, next } = await opened();
  await paste(CSR);
  await screen.findByText("Key: ECDSA P-256");
  await next();
  await next();
  await next();
  expect(await screen.findByText("is not a DNS name")).toBeVisible();
  expect(screen.getByLabelText(/Common name/)).toHaveValue("shop.example.com");
  expect(screen.getByRole("alert")).toHaveTextContent("The names were refused.");
});

test("a repeated send after a lost answer has the same idempotency key, one after a refusal another", async () => {
  api.failNext("POST", CREATE, 503, "Busy.");
  api.failNext("POST", CREATE, 409, "There is such a certificate.");
  const { user, next } = await opened();
  await user.click(screen.getByRole("radio", { name: /^Submit the CSR later/ }));
  await next();
  await user.click(screen.getByLabelText(/Common name/));
  await user.paste("again.example.com");
  await next();
  await next();
  await screen.findByText("Busy.");
  await next();
  await screen.findByText("There is such a certificate.");
  await next();
  await screen.findByRole("heading", { level: 1, name: "again.example.com" });
  const keys = api.callsTo("POST", CREATE).map((call) => call.headers.get("Idempotency-Key"));
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[1]);
});

test("names that only the request has are named, whatever their case and type", () => {
  const draft = { ...EMPTY, common_name: "Shop.example.com", sans: ["DNS:www.example.com"] };
  expect(nameProblems(draft, ["shop.example.com", "DNS:WWW.example.com"])).toEqual({});
  expect(nameProblems(draft, ["DNS:other.example.com"]).sans).toContain("DNS:other.example.com");
});

test("only what was filled in is sent; a tag's value may hold an equals sign", () => {
  const details = { ...EMPTY.details, team_id: "t-web", tags: ["query=a=b"] };
  const draft = { ...EMPTY, isLater: true, common_name: " a.example.com ", details };
  expect(bodyOf(draft)).toEqual({ common_name: "a.example.com", team_id: "t-web", tags: { query: "a=b" } });
});

test("each step is accessible", async () => {
  const { container, paste, next } = await opened();
  await paste(CSR);
  await screen.findByText("Key: ECDSA P-256");
  await expectAccessible(container);
  await next();
  await expectAccessible(container);
  await next();
  await expectAccessible(container);
});
