import { type Authority, type AuthorityDetails, useAuthorities } from "../../api/authorities";
import { commonNameOf } from "./crl";

/** The name of the CA that must revoke a revoked one, since no CRL of this stack lists it; null if this stack's root does. By name: lists
 *  hold no chains. */
export function outsideIssuerIn(known: readonly Authority[], { role, revoked_at, issuer }: Authority): string | null {
  if (role === "root" || revoked_at === null) return null;
  return known.some((ca) => ca.role === "root" && ca.subject === issuer) ? null : commonNameOf(issuer);
}

/** The same by the certificate above it, for an outside root may have the name of this stack's. Undefined while that is not known. */
export function useOutsideIssuer({ role, revoked_at, issuer, chain: [above] }: AuthorityDetails): string | null | undefined {
  const isBelow = role === "issuing" && revoked_at !== null;
  const { data: known } = useAuthorities({ enabled: isBelow });
  if (!isBelow) return null;
  if (known === undefined || above === undefined) return undefined;
  return known.some((ca) => ca.fingerprint_sha256 === above.fingerprint_sha256) ? null : commonNameOf(issuer);
}
