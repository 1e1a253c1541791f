import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Schemas } from "../../api/client";
import { exactTime } from "../../components/Time";
import { expectAccessible } from "../../test/accessibility";
import { publication } from "../../test/authorityBuilders";
import { certificateDetails, daysFromNow } from "../../test/builders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const RECEIPT: Schemas["ReceiptView"] = {
  is_complete: true,
  crl_number: null,
  crl_seen_at: null,
  crl_seconds: null,
  crl_unseen_at: null,
  crl_sha256: null,
  ocsp_seen_at: null,
  ocsp_seconds: null,
  ocsp_unseen_at: null,
  ocsp_sha256: null,
  ocsp_sampled_out: false,
  expired_unseen_at: null,
};

async function published(fields: Partial<Schemas["RevocationPublicationView"]>): Promise<HTMLElement> {
  const revocation = publication(fields);
  api.certificates.push(
    certificateDetails({
      id: "crt-shop",
      status: "Revoked",
      revoked_at: revocation.revoked_at,
      revocation_reason: "superseded",
      revocation,
    }),
  );
  renderAt("/certificates/crt-shop");
  return screen.findByRole("alert");
}

test("a revocation says in which CRL it is since when, and leads to the CA", async () => {
  const at = daysFromNow(-1);
  const banner = await published({ crl_number: 41, published_at: at });
  expect(banner).toHaveTextContent(`In CRL 41 since ${exactTime(at)}.`);
  expect(within(banner).getByRole("link", { name: "The CA and its CRLs" })).toHaveAttribute("href", "/cas/ca-1");
  await expectAccessible(document.body);
});

test("a CRL that may not be the first says so", async () => {
  expect(await published({ is_first: false })).toHaveTextContent(/In CRL 41 of .*, or an earlier one\./);
});

test("a revocation that is in no CRL yet says when it is due", async () => {
  const due = daysFromNow(0.0005);
  expect(await published({ state: "due", crl_number: null, published_at: null, due_by: due })).toHaveTextContent(
    `Not in a CRL yet. The next one is due by ${exactTime(due)}.`,
  );
});

test("a CRL that is overdue is said to be", async () => {
  expect(await published({ state: "due", crl_number: null, published_at: null, due_by: daysFromNow(-0.1) })).toHaveTextContent(
    "The next one was due by",
  );
});

test("a receipt says when a relying party first saw the revocation", async () => {
  const seen = { ...RECEIPT, crl_number: 41, crl_seconds: 23.2, ocsp_seconds: 1.4 };
  expect(await published({ crl_number: 41, receipt: seen })).toHaveTextContent(
    "Seen in CRL 41 after 23 seconds and by OCSP after 1 second.",
  );
});

test("what nobody has seen is said to be unseen", async () => {
  expect(await published({ receipt: { ...RECEIPT, is_complete: false } })).toHaveTextContent("No relying party has seen it yet.");
});

test("a revocation that nobody watches has no receipt", async () => {
  expect(await published({ receipt: null })).not.toHaveTextContent(/relying party|Seen/);
});

test("after its expiry the certificate is in no later CRL", async () => {
  expect(await published({ state: "expired" })).toHaveTextContent("later CRLs leave it out, because it has expired");
});

test("an external issuer publishes its own revocations", async () => {
  expect(await published({ state: "issuer", crl_number: null, issuer_revocation: "confirmed" })).toHaveTextContent(
    "Published by the issuer: confirmed.",
  );
});

test("the reason that an external issuer took is shown if it is another one", async () => {
  const confirmed = { state: "issuer", crl_number: null, issuer_revocation: "confirmed", reason: "keyCompromise" } as const;
  expect(await published({ ...confirmed, issuer_reason: "unspecified" })).toHaveTextContent("confirmed, as Unspecified.");
});

test("an external issuer may have revoked without a reason", async () => {
  const confirmed = { state: "issuer", crl_number: null, issuer_revocation: "confirmed" } as const;
  expect(await published({ ...confirmed, issuer_reason: "none" })).toHaveTextContent("confirmed, without a reason.");
});
