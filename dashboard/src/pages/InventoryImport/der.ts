/** As much of DER (X.690) as tells a certificate from a private key, which is never read further. */

const [INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, SEQUENCE, EXPLICIT_0] = [0x02, 0x03, 0x04, 0x06, 0x30, 0xa0];
const LONG_FORM = 0x80;
const MOST_LENGTH_BYTES = 4;
/** Java keystores: JKS and JCEKS. */
const MAGIC = [0xfeedfeed, 0xcececece];

interface Element {
  tag: number;
  /** With its head. */
  whole: Uint8Array;
  content: Uint8Array;
}

export type DerKind = "certificate" | "private key" | "keystore" | "PKCS #7" | "unknown";

/** The element at the start; null if there is none, or if it is longer than the bytes. */
function firstIn(bytes: Uint8Array): Element | null {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return null;
  const count = first < LONG_FORM ? 0 : first - LONG_FORM;
  if (first === LONG_FORM || count > MOST_LENGTH_BYTES) return null;
  const head = 2 + count;
  const length = count === 0 ? first : bytes.slice(2, head).reduce((sum, byte) => sum * 256 + byte, 0);
  if (head + length > bytes.length) return null;
  return { tag, whole: bytes.subarray(0, head + length), content: bytes.subarray(head, head + length) };
}

/** The elements of a sequence, at most `most`. */
function partsOf(content: Uint8Array, most: number): Element[] {
  const parts: Element[] = [];
  let rest = content;
  while (rest.length > 0 && parts.length < most) {
    const part = firstIn(rest);
    if (part === null) return parts;
    parts.push(part);
    rest = rest.subarray(part.whole.length);
  }
  return parts;
}

/** By its form. What begins with a number is a private key (PKCS #1, PKCS #8, SEC 1) or PKCS #12, which may have one. */
export function kindOf(bytes: Uint8Array): DerKind {
  if (bytes.length >= 4 && MAGIC.includes(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0))) return "keystore";
  const outer = firstIn(bytes);
  if (outer?.tag !== SEQUENCE) return "unknown";
  const parts = partsOf(outer.content, 4);
  const tags = parts.map(({ tag }) => tag).join();
  if (parts[0]?.tag === INTEGER) return parts[1]?.tag === SEQUENCE && isPkcs7(parts[1]) ? "keystore" : "private key";
  if (parts[0]?.tag === OBJECT_ID) return "PKCS #7";
  if (tags === [SEQUENCE, OCTET_STRING].join()) return "private key";
  return tags === [SEQUENCE, SEQUENCE, BIT_STRING].join() ? "certificate" : "unknown";
}

/** The certificates of a SignedData (RFC 5652, 5.1), also one without signatures; null for what is none. */
export function certificatesOfPkcs7(bytes: Uint8Array): Uint8Array[] | null {
  const [type, content] = partsOf(firstIn(bytes)?.content ?? new Uint8Array(), 2);
  const isSignedData = type?.tag === OBJECT_ID && [...PKCS_7, SIGNED_DATA].every((byte, index) => type.content[index] === byte);
  const signed = isSignedData && content?.tag === EXPLICIT_0 ? firstIn(content.content) : null;
  if (signed?.tag !== SEQUENCE) return null;
  const certificates = partsOf(signed.content, 4).find(({ tag }) => tag === EXPLICIT_0);
  return certificates === undefined ? [] : partsOf(certificates.content, MOST_IN_PKCS_7).map(({ whole }) => whole);
}

const SIGNED_DATA = 0x02;
const MOST_IN_PKCS_7 = 10_000;
const PKCS_7 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/** Whether a ContentInfo (RFC 5652) is in it, as in PKCS #12: a private key has an algorithm there. */
function isPkcs7({ content }: Element): boolean {
  const type = firstIn(content);
  return type?.tag === OBJECT_ID && PKCS_7.every((byte, index) => type.content[index] === byte);
}

/** The first element alone: OpenSSL's trusted certificates have more behind it. */
export function firstElement(bytes: Uint8Array): Uint8Array {
  return firstIn(bytes)?.whole ?? bytes;
}

/** Issuer and subject of a certificate (RFC 5280, 4.1), as texts to compare; null if it has other parts. */
export function namesOf(certificate: Uint8Array): { issuer: string; subject: string } | null {
  const signed = partsOf(firstIn(certificate)?.content ?? new Uint8Array(), 1)[0];
  const parts = partsOf(signed?.content ?? new Uint8Array(), 6);
  const [, , issuer, , subject] = parts[0]?.tag === EXPLICIT_0 ? parts.slice(1) : parts;
  return issuer === undefined || subject === undefined ? null : { issuer: issuer.whole.join(), subject: subject.whole.join() };
}
