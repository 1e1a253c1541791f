/** Names and key of a PKCS #10 request (RFC 2986), for people to see what they are about to send. Loaded on demand. */

import { BitString, OctetString, Primitive } from "asn1js";

import { derOf } from "./checkPem";
import { children, commonNameIn, oidOf, parsed } from "./der";

export interface CsrSummary {
  commonName: string | null;
  /** With their type: `DNS:shop.example.com`, `IP:192.0.2.1`. */
  sans: string[];
  key: string;
  /** Of a kind that no certificate gets. */
  isKeyRefused: boolean;
}

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const RSA = "1.2.840.113549.1.1.1";
const CURVES: Record<string, string> = { "1.2.840.10045.3.1.7": "ECDSA P-256", "1.3.132.0.34": "ECDSA P-384" };
const ED25519 = "1.3.101.112";
const NAME_KINDS: Record<number, string> = { 1: "email", 2: "DNS", 6: "URI", 7: "IP" };

/** Raises where the bytes are no request. */
export function readCsr(pem: string): CsrSummary {
  const [info] = children(parsed(derOf(pem).buffer));
  const [, subject, keyInfo, attributes] = children(info);
  if (children(keyInfo).length !== 2) throw new Error("The request cannot be decoded.");
  return { commonName: commonNameIn(subject), sans: sansIn(attributes), ...keyIn(keyInfo) };
}

function sansIn(attributes: unknown): string[] {
  const requests = children(attributes).map(children).filter(([type]) => oidOf(type) === EXTENSION_REQUEST);
  const extensions = requests.flatMap(([, values]) => children(values)).flatMap(children).map(children);
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

function keyIn(keyInfo: unknown): Pick<CsrSummary, "key" | "isKeyRefused"> {
  const [algorithm, bits] = children(keyInfo);
  const [type, parameter] = children(algorithm).map(oidOf);
  if (type === ED25519) return { key: "Ed25519", isKeyRefused: false };
  if (type === RSA) return rsaKey(bits);
  const curve = CURVES[parameter ?? ""];
  return curve === undefined ? { key: "another kind of key", isKeyRefused: true } : { key: curve, isKeyRefused: false };
}

function rsaKey(bits: unknown): Pick<CsrSummary, "key" | "isKeyRefused"> {
  const modulus = bits instanceof BitString ? children(parsed(bits.valueBlock.valueHexView.slice().buffer))[0] : undefined;
  const bytes = (modulus as { valueBlock: { valueHexView: Uint8Array } } | undefined)?.valueBlock.valueHexView ?? new Uint8Array();
  const size = bitLength(bytes);
  return { key: `RSA ${size}`, isKeyRefused: size < 2048 || size > 4096 };
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first - 1) * 8 + (32 - Math.clz32(bytes[first] ?? 0));
}
