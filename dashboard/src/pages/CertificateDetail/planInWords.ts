/** What a renewal policy means for one certificate, in words. As domain/renewals.py plans it. */

import type { Row } from "../../api/catalog";
import type { Certificate } from "../../api/certificates";
import { dayOf } from "../../components/Time";

type Policy = Pick<Row<"renewal-policies">, "auto_renew" | "renewal_window_days" | "alert_thresholds_days" | "on_renewal">;
type Planned = Pick<Certificate, "status" | "expires_at" | "open_job_id">;

const DAY_MS = 86_400_000;
const LONGEST_WINDOW = 1 / 3;
const ENDED: Partial<Record<string, string>> = {
  Revoked: "It is revoked: nothing is planned.",
  Archived: "It is archived: nothing is planned.",
  OnHold: "It is on hold: nothing is planned until the hold ends.",
};

/** `begins` is the current version's not_before; null while that is not known. */
export function planInWords({ status, expires_at, open_job_id }: Planned, policy: Policy, begins: string | null): string[] {
  const ended = ENDED[status];
  if (ended !== undefined) return [ended];
  if (expires_at === null) return ["It is planned once the certificate is issued."];
  return [renewal(expires_at, open_job_id, policy, begins), alerts(policy)];
}

function renewal(ends: string, openJobId: string | null, policy: Policy, begins: string | null): string {
  if (!policy.auto_renew) return "Not renewed automatically: somebody has to.";
  if (openJobId !== null) return "A job is at work on it; what comes next is planned once that has ended.";
  const how = policy.on_renewal === "renew" ? "with the same key" : "once there is a request for a new key";
  if (begins === null) return `Renewed automatically ${policy.renewal_window_days} days before the end, a third of the lifetime at most, ${how}.`;
  return `Renewed automatically from ${dayOf(dueAt(ends, begins, policy))}, earlier where the issuer suggests it, ${how}.`;
}

/** When the window begins. */
export function dueAt(ends: string, begins: string, { renewal_window_days }: Pick<Policy, "renewal_window_days">): string {
  const lifetime = Date.parse(ends) - Date.parse(begins);
  return new Date(Date.parse(ends) - Math.min(renewal_window_days * DAY_MS, lifetime * LONGEST_WINDOW)).toISOString();
}

function alerts({ alert_thresholds_days, auto_renew }: Policy): string {
  if (alert_thresholds_days.length === 0) return "Nobody is told that it expires.";
  const days = `${alert_thresholds_days.join(", ")} days before the end`;
  return auto_renew ? `Only where renewal is overdue or has failed, people are told ${days}.` : `People are told ${days}.`;
}
