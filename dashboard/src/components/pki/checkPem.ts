/** What is wrong with a pasted request before anything is sent. The API checks all of it again, and more. */

/** crypto/csr.py, MAX_CSR_BYTES. */
export const MOST_BYTES = 32 * 1024;

const BLOCK = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\s+([A-Za-z0-9+/=\s]+?)-----END (?:NEW )?CERTIFICATE REQUEST-----/;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

type PemCheck = { kind: "ok"; pem: string } | { kind: "private-key" } | { kind: "wrong"; reason: string };

const wrong = (reason: string): PemCheck => ({ kind: "wrong", reason });

export function checkPem(text: string): PemCheck {
  if (PRIVATE_KEY.test(text)) return { kind: "private-key" };
  const size = new TextEncoder().encode(text).length;
  if (size > MOST_BYTES) return wrong(`This has ${size.toLocaleString("en")} bytes; a CSR has at most ${MOST_BYTES.toLocaleString("en")}.`);
  const blocks = text.split("-----BEGIN ").length - 1;
  if (blocks > 1) return wrong("There are several PEM blocks. Paste only the CSR.");
  if (text.includes("-----BEGIN CERTIFICATE-----")) return wrong("This is a certificate, not a CSR.");
  if (blocks === 0) return wrong("A CSR begins with -----BEGIN CERTIFICATE REQUEST-----.");
  return BLOCK.test(text) ? { kind: "ok", pem: `${text.trim()}\n` } : wrong("The PEM block is damaged or incomplete. Paste all of it.");
}

/** The bytes in a block that `checkPem` found good; raises where they are no base64. */
export function derOf(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = BLOCK.exec(pem)?.[1]?.replaceAll(/\s/g, "") ?? "";
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
