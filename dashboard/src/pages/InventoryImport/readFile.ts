/** Certificates in a file that somebody chose. Private keys are noticed, counted, and dropped here: they are never sent. */

import { firstElement, kindOf } from "./der";

export interface FileContents {
  certificates: Uint8Array[];
  privateKeys: number;
  /** Why something of the file is not imported. */
  refusals: string[];
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
const CERTIFICATE_LABELS = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
/** domain/inventory/observed.py, the DER of a certificate. */
const MOST_DER_BYTES = 64 * 1024;
const COMMAND = "use certctl inventory import for it";

const NOT_IMPORTED = {
  keystore: `A keystore is not opened in the browser: ${COMMAND}.`,
  "PKCS #7": `PKCS #7 is not read in the browser: ${COMMAND}.`,
  unknown: "There is no certificate in it.",
  tooLong: "A certificate has more than 64 KiB.",
  damaged: "A PEM block is no base64.",
} as const;

export function contentsOf(bytes: Uint8Array): FileContents {
  const text = new TextDecoder("latin1").decode(bytes);
  return text.includes("-----BEGIN ") ? pemContents(text) : sorted([bytes]);
}

function pemContents(text: string): FileContents {
  const blocks = [...text.matchAll(BLOCK)];
  const ders = blocks.filter(([, label = ""]) => CERTIFICATE_LABELS.includes(label)).map(([, , body = ""]) => bytesOf(body));
  const found = sorted(ders.filter((der) => der !== null));
  const privateKeys = found.privateKeys + (text.match(PRIVATE_KEY) ?? []).length;
  const refusals = [...found.refusals, ...(ders.includes(null) ? [NOT_IMPORTED.damaged] : []), ...others(blocks)];
  const isNothing = found.certificates.length + privateKeys + refusals.length === 0;
  return { certificates: found.certificates, privateKeys, refusals: isNothing ? [NOT_IMPORTED.unknown] : refusals };
}

function others(blocks: readonly RegExpMatchArray[]): string[] {
  return blocks.some(([, label]) => label === "PKCS7" || label === "CMS") ? [NOT_IMPORTED["PKCS #7"]] : [];
}

/** What is labelled as a certificate may be something else. */
function sorted(ders: readonly Uint8Array[]): FileContents {
  const contents: FileContents = { certificates: [], privateKeys: 0, refusals: [] };
  for (const der of ders) {
    const kind = kindOf(der);
    if (kind === "private key") contents.privateKeys += 1;
    else if (kind !== "certificate") contents.refusals.push(NOT_IMPORTED[kind]);
    else if (firstElement(der).length > MOST_DER_BYTES) contents.refusals.push(NOT_IMPORTED.tooLong);
    else contents.certificates.push(firstElement(der));
  }
  return contents;
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
