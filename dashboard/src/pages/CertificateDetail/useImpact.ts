/** What the revocation of a certificate, or of one version, hits. */

import { useQuery } from "@tanstack/react-query";

import { type Certificate, certificateKeys, readUnexpiredVersions, type Version } from "../../api/certificates";
import { useTold } from "../../components/revocation/told";
import { counted } from "../../components/words/count";
import { usePlaces } from "./deployments/useDeployments";
import { HOLD } from "./reasons";

/** Lines for `Impact`. With a `version` only that one is revoked. */
export function useImpact(certificate: Certificate, reason: string | null, version?: Version): (string | null)[] {
  const { data } = useQuery({
    queryKey: [...certificateKeys.versions(certificate.id), "unexpired", certificate.serial_number],
    queryFn: ({ signal }) => readUnexpiredVersions(certificate.id, signal),
    enabled: version === undefined,
  });
  const places = usePlaces(certificate.target_ids);
  const told = useTold(certificate.id, reason);
  const agents = new Set(places.flatMap(({ target }) => target?.agent_id ?? [])).size;
  const served = servedInWords(places.length, agents, version !== undefined && version.serial_number !== certificate.serial_number);
  return [version === undefined ? versionsInWords(data) : "1 version.", served, reachInWords(certificate), told];
}

/** Those on hold with them: they become revoked for good. */
function versionsInWords(versions: readonly Version[] | undefined): string | null {
  if (versions === undefined) return null;
  const open = versions.filter(({ revoked_at, revocation_reason }) => revoked_at === undefined || revocation_reason === HOLD);
  return open.length === 0 ? "No version is valid." : `${counted(open.length, "valid versions")}.`;
}

function servedInWords(targets: number, agents: number, isEarlier: boolean): string {
  if (targets === 0) return "On no target that is known here: anyone who serves it has to be asked.";
  const where = `${counted(targets, "targets")}, ${counted(agents, "agents")}`;
  return isEarlier ? `${where}: they serve this version if the current one was not deployed.` : `${where}: clients refuse what they serve.`;
}

function reachInWords({ issuer_id }: Certificate): string {
  return issuer_id === "iss-local"
    ? "Relying parties read it in the CRL within a minute, at the latest when their copy ends: after 72 hours."
    : "Relying parties read it in the CRL of its issuer.";
}
