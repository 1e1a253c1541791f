/** What is planned for one certificate, in words. */

import type { Row } from "../../api/catalog";
import type { CertificateDetails } from "../../api/certificates";
import { dayOf } from "../../components/Time";
import { daysBeforeExpiry } from "../../components/words/count";

type Policy = Pick<Row<"renewal-policies">, "auto_renew" | "alert_thresholds_days" | "on_renewal">;
type Planned = Pick<CertificateDetails, "status" | "expires_at" | "open_job_id" | "target_ids" | "renewal" | "acme">;

const ENDED: Partial<Record<string, string>> = {
  Revoked: "It is revoked: no renewal is planned.",
  Archived: "It is archived: no renewal is planned.",
  OnHold: "It is on hold: no renewal is planned until the hold ends.",
};

export function planInWords(certificate: Planned, policy: Policy): string[] {
  const ended = ENDED[certificate.status];
  if (ended !== undefined) return [ended];
  if (certificate.expires_at === null) return ["Renewal is planned once the certificate is issued."];
  return [renewal(certificate, policy), alerts(policy)];
}

function renewal({ acme, open_job_id, renewal: plan, target_ids }: Planned, policy: Policy): string {
  if (acme) return "Renewed by its ACME client.";
  if (!policy.auto_renew) return "Not renewed automatically: renew it manually.";
  if (open_job_id !== null || plan?.renew_at == null) return "A job is in progress. The next renewal is planned when it has ended.";
  return `Renewed automatically from ${dayOf(plan.renew_at)}, or earlier if the issuer suggests it, ${withWhichKey(target_ids, policy)}.`;
}

function withWhichKey(targetIds: readonly string[], policy: Policy): string {
  if (targetIds.length > 0) return "with a new key that its agent generates";
  return policy.on_renewal === "renew" ? "with the same key" : "once a CSR with a new key is submitted";
}

function alerts({ alert_thresholds_days, auto_renew }: Policy): string {
  if (alert_thresholds_days.length === 0) return "No expiry alerts are sent.";
  const days = daysBeforeExpiry(alert_thresholds_days);
  return auto_renew ? `If renewal is overdue or has failed, alerts are sent ${days}.` : `Alerts are sent ${days}.`;
}
