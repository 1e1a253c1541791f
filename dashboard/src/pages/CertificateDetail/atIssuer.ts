import type { Schemas } from "../../api/client";
import { reasonLabel } from "./reasons";

export type AtIssuer = Partial<Pick<Schemas["RevocationPublicationView"], "issuer_revocation" | "issuer_reason">> & { reason: string };

const NO_REASON = "none";
const STATES: Record<string, string> = { pending: "not confirmed yet", confirmed: "confirmed", failed: "failed" };

/** What an external issuer did with the revocation, and for which reason if it is another than here. */
export function atIssuer({ issuer_revocation, issuer_reason, reason }: AtIssuer): string {
  const state = STATES[issuer_revocation ?? "pending"] ?? issuer_revocation ?? "";
  if (issuer_revocation !== "confirmed" || issuer_reason === undefined || issuer_reason === null || issuer_reason === reason) return state;
  return issuer_reason === NO_REASON ? `${state}, without a reason` : `${state}, as ${reasonLabel(issuer_reason)}`;
}
