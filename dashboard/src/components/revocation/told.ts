/** Who gets the alert of a revocation, by the routing that real alerts take. */

import { useQuery } from "@tanstack/react-query";

import { previewRouting, type RoutingPreview, routingKeys } from "../../api/routing";
import { useCan } from "../session";

const MOST_NAMED = 3;
const COMPROMISES = ["keyCompromise", "caCompromise"];

/** "Alert to #ops and 2 more."; null while it is not known, or for a role that may not read where alerts go. */
export function useTold(certificateId: string, reason: string | null): string | null {
  const severity = reason !== null && COMPROMISES.includes(reason) ? "critical" : "warning";
  const { data } = useQuery({
    queryKey: [...routingKeys.rules, "preview", "Revocation", severity, certificateId],
    queryFn: () => previewRouting({ type: "Revocation", severity, certificate_id: certificateId }),
    enabled: useCan("notifications:read"),
    retry: false,
  });
  return data === undefined ? null : toldInWords(data);
}

export function toldInWords({ destinations, muted }: RoutingPreview): string {
  if (muted) return "Its alerts are muted: nobody is notified.";
  if (destinations.length === 0) return "No channel takes its alert: nobody is notified.";
  const names = destinations.slice(0, MOST_NAMED).map(({ kind, recipient }) => `${recipient} (${kind})`);
  const more = destinations.length - names.length;
  return `Alert to ${names.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}.`;
}
