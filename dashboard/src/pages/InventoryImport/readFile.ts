/** Certificates in a file that somebody chose. Private keys are noticed, counted, and dropped here: they are never sent. */

import { certificatesOfPkcs7, firstElement, kindOf } from "./der";

export interface FileContents {
  certificates: Uint8Array[];
  privateKeys: number;
  /** Why something of the file is not imported. */
  refusals: string[];
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
const READ_LABELS = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7", "CMS"];
/** domain/inventory/observed.py, the DER of a certificate. */
const MOST_DER_BYTES = 64 * 1024;
const COMMAND = "use certctl inventory import for it";

const NOT_IMPORTED = {
  keystore: `A keystore is not opened in the browser: ${COMMAND}.`,
  "PKCS #7": `This PKCS #7 is not read in the browser: ${COMMAND}.`,
  unknown: "There is no certificate in it.",
  tooLong: "A certificate has more than 64 KiB.",
  damaged: "A PEM block is no base64.",
} as const;

export function contentsOf(bytes: Uint8Array): FileContents {
  const text = new TextDecoder("latin1").decode(bytes);
  return text.includes("-----BEGIN ") ? pemContents(text) : sorted([bytes]);
}

function pemContents(text: string): FileContents {
  const blocks = [...text.matchAll(BLOCK)].filter(([, label = ""]) => READ_LABELS.includes(label));
  const ders = blocks.map(([, , body = ""]) => bytesOf(body));
  const found = sorted(ders.filter((der) => der !== null));
  const privateKeys = found.privateKeys + (text.match(PRIVATE_KEY) ?? []).length;
  const refusals = [...found.refusals, ...(ders.includes(null) ? [NOT_IMPORTED.damaged] : [])];
  const isNothing = found.certificates.length + privateKeys + refusals.length === 0;
  return { certificates: found.certificates, privateKeys, refusals: isNothing ? [NOT_IMPORTED.unknown] : refusals };
}

/** What is labelled as a certificate may be something else. */
function sorted(ders: readonly Uint8Array[]): FileContents {
  const contents: FileContents = { certificates: [], privateKeys: 0, refusals: [] };
  for (const der of ders) {
    const kind = kindOf(der);
    const inside = kind === "PKCS #7" ? certificatesOfPkcs7(der)?.filter((each) => kindOf(each) !== "PKCS #7") : undefined;
    if (inside !== undefined && inside.length > 0) addAll(contents, sorted(inside));
    else if (kind === "private key") contents.privateKeys += 1;
    else if (kind !== "certificate") contents.refusals.push(NOT_IMPORTED[inside === undefined ? kind : "unknown"]);
    else if (firstElement(der).length > MOST_DER_BYTES) contents.refusals.push(NOT_IMPORTED.tooLong);
    else contents.certificates.push(firstElement(der));
  }
  return contents;
}

function addAll(contents: FileContents, more: FileContents): void {
  contents.certificates.push(...more.certificates);
  contents.refusals.push(...more.refusals);
  contents.privateKeys += more.privateKeys;
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
