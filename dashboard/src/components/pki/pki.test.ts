import { expect, test } from "vitest";

import { CSR, ED25519_CSR, FULL_LEAF, ISSUING_CA, LEAF, WEAK_CSR } from "../../test/pem";
import { certificatesIn } from "./chain";
import { checkPem, MOST_BYTES } from "./checkPem";
import { readCertificate } from "./readCertificate";
import { readCsr } from "./readCsr";

const KEY = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ==\n-----END EC PRIVATE KEY-----\n";

test("a request is good, with space and line ends of any kind around it", () => {
  expect(checkPem(`\r\n  ${CSR.replaceAll("\n", "\r\n")}\n`).kind).toBe("ok");
});

test("a private key is found, alone or behind the request", () => {
  expect(checkPem(KEY)).toEqual({ kind: "private-key" });
  expect(checkPem(CSR + KEY)).toEqual({ kind: "private-key" });
  expect(checkPem(KEY.replace("EC ", "ENCRYPTED "))).toEqual({ kind: "private-key" });
});

test.each([
  ["text", "hello", /begins with/],
  ["a certificate", LEAF, /certificate, not a CSR/],
  ["two requests", CSR + CSR, /several PEM blocks/],
  ["half a request", CSR.slice(0, 200), /damaged or incomplete/],
  ["too much", CSR + " ".repeat(MOST_BYTES), /at most 32,768/],
])("%s is refused, and why is said", (_, text, reason) => {
  expect(checkPem(text)).toEqual({ kind: "wrong", reason: expect.stringMatching(reason) as string });
});

test("a request tells its names of every kind and its key", () => {
  expect(readCsr(CSR)).toEqual({
    commonName: "shop.example.com",
    sans: [
      "DNS:shop.example.com",
      "DNS:www.shop.example.com",
      "IP:192.0.2.7",
      "IP:2001:db8::1",
      "email:ops@example.com",
      "URI:spiffe://example.com/shop",
    ],
    subject: { O: "Shop" },
    key: "ECDSA P-256",
    isKeyRefused: false,
  });
});

test("a request without other names, and one whose key is too short", () => {
  expect(readCsr(ED25519_CSR)).toMatchObject({ sans: [], key: "Ed25519", isKeyRefused: false });
  expect(readCsr(WEAK_CSR)).toMatchObject({ commonName: "old.example.com", key: "RSA 1024", isKeyRefused: true });
});

test("bytes that are no request are refused", () => {
  const block = (text: string) => `-----BEGIN CERTIFICATE REQUEST-----\n${btoa(text)}\n-----END CERTIFICATE REQUEST-----\n`;
  expect(() => readCsr(block("no DER at all"))).toThrow();
  expect(() => readCsr(block("\x30\x03\x02\x01\x05"))).toThrow();
});

test("a chain is split, leaf first, and each certificate names its subject and issuer", () => {
  const [leaf, authority] = certificatesIn(LEAF + ISSUING_CA).map(readCertificate);
  expect(leaf).toMatchObject({ subject: "shop.example.com", issuer: "Test Issuing CA" });
  expect(authority).toMatchObject({ subject: "Test Issuing CA", issuer: "Test Issuing CA" });
  expect(Date.parse(leaf?.notAfter ?? "")).toBeGreaterThan(Date.parse("2026-11-24"));
});

test("a certificate tells its issuer, key, signature, purposes and addresses", () => {
  expect(readCertificate(FULL_LEAF)).toMatchObject({
    issuerName: "CN=Example Issuing CA,O=Example,C=DE",
    key: "RSA 2048",
    signatureAlgorithm: "ECDSA with SHA-256",
    purposes: ["Server authentication", "Client authentication"],
    crlUrls: ["http://pki.example.com/ca/3.crl"],
    issuerUrls: ["http://pki.example.com/ca.cer", "http://ocsp.example.com"],
  });
  expect(readCertificate(LEAF)).toMatchObject({ key: "ECDSA P-256", purposes: [], crlUrls: [], notBefore: "2026-11-24T20:52:30.000Z" });
});
