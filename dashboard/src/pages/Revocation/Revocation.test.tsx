import { screen, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { authority, receipt, revocation, root } from "../../test/authorityBuilders";
import { record } from "../../test/catalogBuilders";
import { daysFromNow } from "../../test/builders";
import { renderAt } from "../../test/render";
import { api, server } from "../../test/server";

const OCSP_URL = "http://pki.example.com/ocsp/ca-1";

test("each CA has its CRL, its OCSP URL, and how soon its revocations were seen", async () => {
  api.authorities.push(authority({ ocsp_url: OCSP_URL }), authority({ ca_id: "ca-9", state: "retired", subject: "CN=Gone" }), root());
  api.revocations.push(
    revocation({ receipt: receipt({ crl_seconds: 10, ocsp_seconds: 1 }) }),
    revocation({ serial_number: "0b", receipt: receipt({ crl_seconds: 20, ocsp_seconds: null, ocsp_sampled_out: true }) }),
  );
  renderAt("/revocation");
  const table = await screen.findByRole("table", { name: "CAs" });
  await within(table).findByText("10 s · 20 s");
  const [, first, second, ...others] = within(table).getAllByRole("row");
  expect(first).toHaveTextContent(
    /Example Issuing CA 1.*Current 42.*pki\.example\.com\/ocsp\/ca-1.*of 2 revocations.*1 s · 1 s.*of 1 revocation/,
  );
  expect(second).toHaveTextContent(/Example Root.*Not in certificates/);
  expect(others).toHaveLength(0);
  await expectAccessible(document.body);
});

test("revocations are listed newest first, with what a relying party saw", async () => {
  api.revocations.push(
    revocation({ serial_number: "01", revoked_at: daysFromNow(-3) }),
    revocation({
      serial_number: "02",
      revoked_at: daysFromNow(-1),
      reason: "keyCompromise",
      receipt: receipt({ is_complete: false, crl_seconds: null, ocsp_seconds: null }),
    }),
    revocation({ serial_number: "03", revoked_at: daysFromNow(-20) }),
  );
  renderAt("/revocation");
  const table = await screen.findByRole("table", { name: "revocations" });
  const [, newest, older, ...others] = within(table).getAllByRole("row");
  expect(newest).toHaveTextContent(/^shop.*02.*Key compromise.*Not yet.*Not yet/);
  expect(older).toHaveTextContent(/01.*Superseded.*12 s.*2 s/);
  expect(others).toHaveLength(0);
  expect(within(table).getAllByRole("link", { name: "shop" })[0]).toHaveAttribute("href", "/certificates/mc-1");
});

test("a longer period, and a reason, are in the address", async () => {
  api.revocations.push(
    revocation({ serial_number: "03", revoked_at: daysFromNow(-20) }),
    revocation({ serial_number: "04", revoked_at: daysFromNow(-20), reason: "keyCompromise" }),
  );
  renderAt("/revocation?period=month&reason=keyCompromise");
  const table = await screen.findByRole("table", { name: "revocations" });
  expect(within(table).getAllByRole("row")).toHaveLength(2);
  expect(table).toHaveTextContent("04");
});

test("a revocation at an external issuer shows what that did, and for which reason", async () => {
  api.catalog.issuers.push(record("issuers", { id: "iss-acme", name: "Public CA" }));
  const there = { ca_id: "ext.iss-acme", crl_shard: null, issuer_id: "iss-acme", receipt: null, reason: "keyCompromise" };
  api.revocations.push(
    revocation({ ...there, issuer_revocation: "confirmed", issuer_reason: "unspecified" }),
    revocation({ serial_number: "0b" }),
  );
  renderAt("/revocation?issuer_id=iss-acme");
  const table = await screen.findByRole("table", { name: "revocations" });
  await within(table).findByText("Public CA");
  const [, row, ...others] = within(table).getAllByRole("row");
  expect(row).toHaveTextContent(/Key compromise.*Public CA.*confirmed, as Unspecified.*By the issuer/);
  expect(others).toHaveLength(0);
});

test("without revocations the list says so", async () => {
  renderAt("/revocation");
  expect(await screen.findByText("No revocations in this period")).toBeVisible();
  expect(await screen.findByText("No CAs yet")).toBeVisible();
});

test("filters that nothing matches can be cleared", async () => {
  api.revocations.push(revocation());
  const { user } = renderAt("/revocation?reason=keyCompromise");
  await user.click(await screen.findByRole("button", { name: "Show all" }));
  expect(await screen.findByRole("table", { name: "revocations" })).toHaveTextContent("0a1b2c");
});

const MOST_ROWS = 10_000;
const WITHIN = { timeout: 20_000 };

test("what is read in part says that there are more", async () => {
  const data = Array.from({ length: MOST_ROWS }, (_, index) => revocation({ serial_number: index.toString(16).padStart(4, "0") }));
  server.use(http.get("*/revocations", () => Response.json({ data, next_cursor: "more", per_page: MOST_ROWS })));
  renderAt("/revocation");
  expect(await screen.findByText(/There are more, also newer ones/, {}, WITHIN)).toBeVisible();
  expect(screen.getByText(/only a part of the revocations was read/)).toBeVisible();
}, 30_000);
