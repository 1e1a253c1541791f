/** What is planned for one certificate, in words. */

import type { Row } from "../../api/catalog";
import type { CertificateDetails } from "../../api/certificates";
import { dayOf } from "../../components/Time";

type Policy = Pick<Row<"renewal-policies">, "auto_renew" | "alert_thresholds_days" | "on_renewal">;
type Planned = Pick<CertificateDetails, "status" | "expires_at" | "open_job_id" | "target_ids" | "renewal">;

const ENDED: Partial<Record<string, string>> = {
  Revoked: "It is revoked: nothing is planned.",
  Archived: "It is archived: nothing is planned.",
  OnHold: "It is on hold: nothing is planned until the hold ends.",
};

export function planInWords(certificate: Planned, policy: Policy): string[] {
  const ended = ENDED[certificate.status];
  if (ended !== undefined) return [ended];
  if (certificate.expires_at === null) return ["It is planned once the certificate is issued."];
  return [renewal(certificate, policy), alerts(policy)];
}

function renewal({ open_job_id, renewal: plan, target_ids }: Planned, policy: Policy): string {
  if (!policy.auto_renew) return "Not renewed automatically: somebody has to.";
  if (open_job_id !== null || plan?.renew_at == null) return "A job is at work on it; what comes next is planned once that has ended.";
  return `Renewed automatically from ${dayOf(plan.renew_at)}, earlier where the issuer suggests it, ${withWhichKey(target_ids, policy)}.`;
}

function withWhichKey(targetIds: readonly string[], policy: Policy): string {
  if (targetIds.length > 0) return "with a new key that its agent makes";
  return policy.on_renewal === "renew" ? "with the same key" : "once there is a request for a new key";
}

function alerts({ alert_thresholds_days, auto_renew }: Policy): string {
  if (alert_thresholds_days.length === 0) return "Nobody is told that it expires.";
  const days = `${alert_thresholds_days.join(", ")} days before the end`;
  return auto_renew ? `Only where renewal is overdue or has failed, people are told ${days}.` : `People are told ${days}.`;
}
