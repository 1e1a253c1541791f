import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { exactTime } from "../../components/Time";
import { expectAccessible } from "../../test/accessibility";
import { authority, crl, root } from "../../test/authorityBuilders";
import { daysFromNow } from "../../test/builders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

test("the list shows each CA with the CRL that has every entry, and leads to its page", async () => {
  api.authorities.push(authority(), root());
  const { user } = renderAt("/cas");
  const table = await screen.findByRole("table", { name: "CAs" });
  const [, above, first] = within(table).getAllByRole("row");
  expect(above).toHaveTextContent(/Example Root.*P-384.*Active/);
  expect(first).toHaveTextContent(/Example Issuing CA 1.*P-256.*Active.*Current 42/);
  await expectAccessible(document.body);
  await user.click(within(table).getByRole("link", { name: "Example Issuing CA 1" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Example Issuing CA 1" })).toBeVisible();
});

test("a CA of another family than its root says so in the list", async () => {
  api.authorities.push(root(), authority({ key_spec: "RSA_2048", key_algorithm: "RSA", key_bits: 2048 }));
  renderAt("/cas");
  const table = await screen.findByRole("table", { name: "CAs" });
  const [, above, below] = within(table).getAllByRole("row");
  expect(below).toHaveTextContent("RSA 2048Mixed: RSA below ECDSA");
  expect(above).not.toHaveTextContent("Mixed");
  await expectAccessible(table);
});

test("without a CA the list says where they come from", async () => {
  renderAt("/cas");
  expect(await screen.findByText("No CAs yet")).toBeVisible();
});

test("a CA shows its certificate, its CRLs to the second, and its chain", async () => {
  const published_at = daysFromNow(-0.1);
  api.authorities.push(
    authority({
      crls: [crl({ shard: "0", open: true, crl_number: 7, entries: 1_234, published_at })],
      key_arn: "arn:aws:kms:eu-1:1:key/1",
    }),
    root(),
  );
  renderAt("/cas/ca-1");
  const table = await screen.findByRole("table", { name: "CRLs" });
  const [, row] = within(table).getAllByRole("row");
  expect(row).toHaveTextContent("7");
  expect(row).toHaveTextContent("1,234");
  expect(row).toHaveTextContent(exactTime(published_at));
  expect(within(table).getByRole("link", { name: "Download CRL Complete" })).toHaveAttribute(
    "href",
    "http://pki.example.com/pki/ca-1/all.crl",
  );
  for (const text of [
    "ECDSA P-256, 256 bits",
    "AB:CD:EF:01",
    "DNS:example.com",
    "0 (issues no CAs)",
    "arn:aws:kms:eu-1:1:key/1",
    "No rotation is due.",
  ]) {
    expect(screen.getByText(text)).toBeVisible();
  }
  expect(await screen.findByRole("link", { name: "Example Root" })).toHaveAttribute("href", "/cas/ca-0");
  await expectAccessible(document.body);
});

test("each CRL says whether it has every entry, or those of its own certificates only", async () => {
  const numbered = [
    crl({ shard: "0", open: true }),
    crl({ shard: "1", open: true, complete: false }),
    crl({ shard: "2", complete: false }),
  ];
  api.authorities.push(authority({ crls: [...numbered, crl()] }));
  const { user } = renderAt("/cas/ca-1");
  const table = await screen.findByRole("table", { name: "CRLs" });
  expect(screen.getByText(/^4 current, newest/)).toBeVisible();
  expect(within(table).getAllByRole("rowheader")).toHaveLength(2);
  await user.click(screen.getByRole("button", { name: "Show all 4" }));
  const names = within(table).getAllByRole("rowheader");
  expect(names.map((each) => each.textContent)).toEqual([
    "Shard 0, completeEvery entry; in new certificates",
    "Shard 1Its own entries only; in new certificates",
    "Shard 2Its own entries only; in no new certificate",
    "CompleteEvery entry, in one list",
  ]);
});

test("without the key's ARN there is no line for it", async () => {
  api.authorities.push(authority());
  renderAt("/cas/ca-1");
  expect(await screen.findByText("SHA-256 fingerprint")).toBeVisible();
  expect(screen.queryByText("KMS key")).toBeNull();
});

test("a late CRL is marked", async () => {
  api.authorities.push(authority({ crls: [crl({ this_update: daysFromNow(-2), next_update: daysFromNow(1) })] }));
  renderAt("/cas/ca-1");
  expect(await screen.findByText("Late")).toBeVisible();
});

test("a rotation under way shows the next CA, and the request that waits for a signature", async () => {
  const rotation = {
    ...authority().rotation,
    pending_ca_id: "ca-2",
    request: { subject: "CN=Example Issuing CA 2", csr_pem: "-----BEGIN CERTIFICATE REQUEST-----" },
  };
  api.authorities.push(authority({ rotation }));
  renderAt("/cas/ca-1");
  expect(await screen.findByText("The next CA awaits activation.")).toBeVisible();
  expect(screen.getByRole("link", { name: "ca-2" })).toHaveAttribute("href", "/cas/ca-2");
  expect(screen.getByText(/CSR for CN=Example Issuing CA 2/)).toBeVisible();
});

test("a revoked CA says so in the list and on its page, with the reason", async () => {
  const revoked_at = daysFromNow(-1);
  api.authorities.push(authority({ state: "retiring", revoked_at, revocation_reason: "caCompromise", ocsp_revoked_for_all: true }), root());
  const { user } = renderAt("/cas");
  await user.click(await screen.findByRole("link", { name: "Example Issuing CA 1" }));
  expect(await screen.findByText(/no certificate that it issued is trusted/)).toBeVisible();
  expect(screen.getByText("Revoked", { selector: "dt" }).nextElementSibling).toHaveTextContent(
    `${exactTime(revoked_at)} · CA compromise · OCSP calls all its certificates revoked`,
  );
  expect(screen.getAllByText("Revoked")).toHaveLength(2);
  expect(screen.queryByText("Retiring")).toBeNull();
  expect(screen.queryByText(/must revoke/)).toBeNull();
});

test("a revoked CA below an outside root says who must revoke it, in the list and on its page", async () => {
  const chain = [{ subject: "CN=Outside Root,O=Other", serial_number: "01", not_after: daysFromNow(5_000), fingerprint_sha256: "11ff" }];
  api.authorities.push(authority({ state: "retiring", revoked_at: daysFromNow(-1), issuer: "CN=Outside Root,O=Other", chain }), root());
  const { user } = renderAt("/cas");
  expect(await screen.findByText("Outside Root must revoke it too")).toBeVisible();
  await user.click(screen.getByRole("link", { name: "Example Issuing CA 1" }));
  const notice = await screen.findByRole("alert", { name: "Outside Root must revoke this CA too" });
  expect(notice).toHaveTextContent("until Outside Root revokes the serial number 0a1b2c");
  expect(screen.queryByText(/the root's CRL lists it/)).toBeNull();
  await expectAccessible(notice);
});

test("an outside root with the name of this stack's is told from it by its certificate", async () => {
  const chain = [{ subject: root().subject, serial_number: "01", not_after: daysFromNow(5_000), fingerprint_sha256: "11ff" }];
  api.authorities.push(authority({ state: "retiring", revoked_at: daysFromNow(-1), chain }), root());
  renderAt("/cas/ca-1");
  expect(await screen.findByRole("alert", { name: "Example Root must revoke this CA too" })).toBeVisible();
});

test("an unknown CA is said to be missing", async () => {
  renderAt("/cas/ca-nobody");
  expect(await screen.findByText("CA not found")).toBeVisible();
});
