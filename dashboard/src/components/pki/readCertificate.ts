/** Whose certificate it is and who signed it (RFC 5280, 4.1). Loaded on demand. */

import { GeneralizedTime, Integer, UTCTime } from "asn1js";

import { bytesIn } from "./chain";
import { children, commonNameIn, parsed } from "./der";

export interface CertificateSummary {
  subject: string | null;
  issuer: string | null;
  notAfter: string | null;
}

/** Throws unless the PEM is a certificate. */
export function readCertificate(pem: string): CertificateSummary {
  const fields = children(children(parsed(bytesIn(pem).buffer))[0]);
  // The version, [0], is left out of certificates of version 1.
  const start = fields[0] instanceof Integer ? 0 : 1;
  const [, , issuer, validity, subject] = fields.slice(start);
  return { subject: commonNameIn(subject), issuer: commonNameIn(issuer), notAfter: timeOf(children(validity)[1]) };
}

function timeOf(node: unknown): string | null {
  return node instanceof UTCTime || node instanceof GeneralizedTime ? node.toDate().toISOString() : null;
}
