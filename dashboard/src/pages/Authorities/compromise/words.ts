/** How far the answer to a compromise has come, in words. */

import type { AuthorityDetails, CaUses } from "../../../api/authorities";
import type { Campaign } from "../../../api/campaigns";
import type { RevocationDetails } from "../../../api/revocations";
import { counted } from "../../../components/words/count";

export function usesInWords({ certificates, targets, isPart }: CaUses): string {
  const least = isPart ? "At least " : "";
  return `${least}${counted(certificates, "valid certificates")} on ${counted(targets, "targets")}.`;
}

export function campaignInWords({ state, counts, total }: Campaign): string {
  const done = (counts.revoked ?? 0) + (counts.skipped ?? 0);
  if (state === "finding") return "looks for certificates";
  if (state === "unconfirmed") return `awaits confirmation: ${counted(total, "certificates")} found`;
  return `${state}: ${done.toLocaleString("en")} of ${counted(total, "certificates")} replaced`;
}

/** Where the revocation of the CA itself can be seen. */
export function publicationInWords({ state, crl_number, receipt }: RevocationDetails): string {
  if (state === "due") return "The root’s next CRL will list it, within a minute.";
  const listed = crl_number === null ? "A CRL of the root lists it" : `The root’s CRL ${String(crl_number)} lists it`;
  if (receipt === null) return `${listed}.`;
  const seen = receipt.crl_seconds === null ? "not seen there yet" : `seen there after ${receipt.crl_seconds.toLocaleString("en")} s`;
  const asked = receipt.ocsp_seconds === null ? "" : `, by OCSP after ${receipt.ocsp_seconds.toLocaleString("en")} s`;
  return `${listed}: ${seen}${asked}.`;
}

/** Whether another CA issues, or nothing does. */
export function rotationInWords({ state, rotation }: Pick<AuthorityDetails, "state" | "rotation">): string {
  if (state === "active") return rotation.pending_ca_id === null ? "It issues certificates." : "It issues until the next CA is active.";
  return rotation.replaced_by === null ? "It issues nothing, and no other CA has taken over." : "Another CA has taken over.";
}
