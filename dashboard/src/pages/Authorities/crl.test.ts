import { expect, test } from "vitest";

import { bytesIn } from "../../components/pki/chain";
import { crl } from "../../test/authorityBuilders";
import { commonNameOf, crlStateOf, downloadUrl, withColons } from "./crl";

const BEGIN = Date.parse("2026-11-24T00:00:00Z");
const HOUR = 3_600_000;
const LIST = crl({ this_update: "2026-11-24T00:00:00Z", next_update: "2026-11-27T00:00:00Z" });

test.each([
  [1, "Current"],
  [35, "Current"],
  [36, "Late"],
  [71, "Late"],
  [72, "Expired"],
])("after %i of 72 hours a CRL is %s", (hours, label) => {
  expect(crlStateOf(LIST, BEGIN + hours * HOUR).label).toBe(label);
});

test("without times it is not published", () => {
  expect(crlStateOf(crl({ this_update: null, next_update: null }), BEGIN).label).toBe("Not published");
});

test("a download has the scheme of the page", () => {
  expect(downloadUrl("http://pki.example.com/pki/ca-1.crl", "https:")).toBe("https://pki.example.com/pki/ca-1.crl");
});

test.each([
  ["CN=Example Issuing CA 1,O=Example", "Example Issuing CA 1"],
  ["O=Example,CN=A\\, B", "A, B"],
  ["O=Example", "O=Example"],
])("the common name of %s is %s", (subject, name) => {
  expect(commonNameOf(subject)).toBe(name);
});

test("a fingerprint is written as openssl prints it", () => {
  expect(withColons("abcdef01")).toBe("AB:CD:EF:01");
});

test("the DER of a certificate is what its PEM holds", () => {
  expect([...bytesIn("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")]).toEqual([0x30, 0]);
});
