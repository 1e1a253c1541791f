/** Names and key of a PKCS #10 request (RFC 2986), for people to see what they are about to send. Loaded on demand. */

import { OctetString, Primitive } from "asn1js";

import { derOf } from "./checkPem";
import { children, commonNameIn, oidOf, otherAttributesIn, parsed } from "./der";
import { keyIn } from "./keyInfo";

export interface CsrSummary {
  commonName: string | null;
  /** With their type: `DNS:shop.example.com`, `IP:192.0.2.1`. */
  sans: string[];
  /** By attribute, beside the common name: `O`, `serialNumber`. */
  subject: Readonly<Record<string, string>>;
  key: string;
  /** Of a kind that no certificate gets. */
  isKeyRefused: boolean;
}

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const NAME_KINDS: Record<number, string> = { 1: "email", 2: "DNS", 6: "URI", 7: "IP" };

/** Raises where the bytes are no request. */
export function readCsr(pem: string): CsrSummary {
  const [info] = children(parsed(derOf(pem).buffer));
  const [, subject, keyInfo, attributes] = children(info);
  if (children(keyInfo).length !== 2) throw new Error("The CSR cannot be decoded.");
  return { commonName: commonNameIn(subject), sans: sansIn(attributes), subject: otherAttributesIn(subject), ...keyIn(keyInfo) };
}

function sansIn(attributes: unknown): string[] {
  const requests = children(attributes)
    .map(children)
    .filter(([type]) => oidOf(type) === EXTENSION_REQUEST);
  const extensions = requests
    .flatMap(([, values]) => children(values))
    .flatMap(children)
    .map(children);
  const names = extensions.find(([type]) => oidOf(type) === SUBJECT_ALTERNATIVE_NAME)?.at(-1);
  if (!(names instanceof OctetString)) return [];
  return children(parsed(names.valueBlock.valueHexView.slice().buffer)).flatMap(nameOf);
}

function nameOf(node: unknown): string[] {
  if (!(node instanceof Primitive)) return [];
  const kind = NAME_KINDS[node.idBlock.tagNumber];
  const bytes = node.valueBlock.valueHexView;
  if (kind === undefined) return [];
  return [`${kind}:${kind === "IP" ? addressOf(bytes) : new TextDecoder().decode(bytes)}`];
}

function addressOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, n) => (((bytes[2 * n] ?? 0) << 8) | (bytes[2 * n + 1] ?? 0)).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
