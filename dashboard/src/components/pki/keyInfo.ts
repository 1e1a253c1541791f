/** The key in a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), of requests and certificates. */

import { BitString } from "asn1js";

import { children, oidOf, parsed } from "./der";

interface KeyFacts {
  key: string;
  /** Of a kind that no certificate gets. */
  isKeyRefused: boolean;
}

const RSA = "1.2.840.113549.1.1.1";
const CURVES: Record<string, string> = { "1.2.840.10045.3.1.7": "ECDSA P-256", "1.3.132.0.34": "ECDSA P-384" };
const ED25519 = "1.3.101.112";

export function keyIn(keyInfo: unknown): KeyFacts {
  const [algorithm, bits] = children(keyInfo);
  const [type, parameter] = children(algorithm).map(oidOf);
  if (type === ED25519) return { key: "Ed25519", isKeyRefused: false };
  if (type === RSA) return rsaKey(bits);
  const curve = CURVES[parameter ?? ""];
  return curve === undefined ? { key: "another type of key", isKeyRefused: true } : { key: curve, isKeyRefused: false };
}

function rsaKey(bits: unknown): KeyFacts {
  const modulus = bits instanceof BitString ? children(parsed(bits.valueBlock.valueHexView.slice().buffer))[0] : undefined;
  const bytes = (modulus as { valueBlock: { valueHexView: Uint8Array } } | undefined)?.valueBlock.valueHexView ?? new Uint8Array();
  const size = bitLength(bytes);
  return { key: `RSA ${size}`, isKeyRefused: size < 2048 || size > 4096 };
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first - 1) * 8 + (32 - Math.clz32(bytes[first] ?? 0));
}
