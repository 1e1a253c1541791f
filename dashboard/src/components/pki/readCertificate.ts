/** What a certificate says (RFC 5280, 4.1 and 4.2). Loaded on demand. */

import { Constructed, GeneralizedTime, Integer, OctetString, Primitive, UTCTime } from "asn1js";

import { bytesIn } from "./chain";
import { children, commonNameIn, derOf, nameText, oidOf, parsed } from "./der";
import { keyIn } from "./keyInfo";

export interface CertificateSummary {
  subject: string | null;
  issuer: string | null;
  notAfter: string | null;
  notBefore: string | null;
  /** "CN=Example CA,O=Example,C=DE" (RFC 4514). */
  issuerName: string;
  key: string;
  /** DER of the SubjectPublicKeyInfo. */
  keyInfo: Uint8Array<ArrayBuffer>;
  signatureAlgorithm: string;
  /** Purposes in words; empty without the extension. */
  purposes: string[];
  crlUrls: string[];
  /** Of the issuer's certificate and its OCSP service. */
  issuerUrls: string[];
  /** RFC 9608: clients do not look for its revocation. */
  hasNoRevAvail: boolean;
}

const EXTENDED_KEY_USAGE = "2.5.29.37";
const CRL_DISTRIBUTION_POINTS = "2.5.29.31";
const NO_REV_AVAIL = "2.5.29.56";
const AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";
const [CONTEXT, URI_TAG, EXTENSIONS_TAG] = [3, 6, 3];
const PURPOSES: Record<string, string> = {
  "1.3.6.1.5.5.7.3.1": "Server authentication",
  "1.3.6.1.5.5.7.3.2": "Client authentication",
  "1.3.6.1.5.5.7.3.3": "Code signing",
  "1.3.6.1.5.5.7.3.4": "Email protection",
  "1.3.6.1.5.5.7.3.8": "Time stamping",
  "1.3.6.1.5.5.7.3.9": "OCSP signing",
};
const SIGNATURES: Record<string, string> = {
  "1.2.840.10045.4.3.2": "ECDSA with SHA-256",
  "1.2.840.10045.4.3.3": "ECDSA with SHA-384",
  "1.2.840.10045.4.3.4": "ECDSA with SHA-512",
  "1.2.840.113549.1.1.11": "RSA with SHA-256",
  "1.2.840.113549.1.1.12": "RSA with SHA-384",
  "1.2.840.113549.1.1.13": "RSA with SHA-512",
  "1.2.840.113549.1.1.10": "RSASSA-PSS",
  "1.3.101.112": "Ed25519",
};

/** Throws unless the PEM is a certificate. */
export function readCertificate(pem: string): CertificateSummary {
  const fields = children(children(parsed(bytesIn(pem).buffer))[0]);
  // The version, [0], is left out of certificates of version 1.
  const start = fields[0] instanceof Integer ? 0 : 1;
  const [, signature, issuer, validity, subject, keyInfo] = fields.slice(start);
  const [notBefore, notAfter] = children(validity);
  const extensions = extensionsIn(fields);
  const algorithm = oidOf(children(signature)[0]);
  return {
    subject: commonNameIn(subject),
    issuer: commonNameIn(issuer),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    issuerName: nameText(issuer),
    key: keyIn(keyInfo).key,
    keyInfo: derOf(keyInfo),
    signatureAlgorithm: SIGNATURES[algorithm] ?? algorithm,
    purposes: children(extensions.get(EXTENDED_KEY_USAGE))
      .map(oidOf)
      .map((oid) => PURPOSES[oid] ?? oid),
    crlUrls: urisIn(extensions.get(CRL_DISTRIBUTION_POINTS)),
    issuerUrls: urisIn(extensions.get(AUTHORITY_INFORMATION_ACCESS)),
    hasNoRevAvail: extensions.has(NO_REV_AVAIL),
  };
}

function timeOf(node: unknown): string | null {
  return node instanceof UTCTime || node instanceof GeneralizedTime ? node.toDate().toISOString() : null;
}

/** The content of each extension, by its OID. */
function extensionsIn(fields: readonly unknown[]): Map<string, unknown> {
  const block = fields.find(
    (field) => field instanceof Constructed && field.idBlock.tagClass === CONTEXT && field.idBlock.tagNumber === EXTENSIONS_TAG,
  );
  const all = children(block).flatMap(children).map(children);
  return new Map(all.map((parts) => [oidOf(parts[0]), contentOf(parts.at(-1))]));
}

function contentOf(value: unknown): unknown {
  return value instanceof OctetString ? parsed(value.valueBlock.valueHexView.slice().buffer) : undefined;
}

/** Every GeneralName of type URI below the node. */
function urisIn(node: unknown): string[] {
  if (node instanceof Primitive && node.idBlock.tagClass === CONTEXT && node.idBlock.tagNumber === URI_TAG) {
    return [new TextDecoder().decode(node.valueBlock.valueHexView)];
  }
  return children(node).flatMap(urisIn);
}
