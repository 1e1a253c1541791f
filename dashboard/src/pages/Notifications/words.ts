/** What notifications are called on this page, and what may be done with them. */

import type { Notification, NotificationType } from "../../api/notifications";
import type { Tone } from "../../components/StatusBadge";

const TYPE_NAMES: readonly NotificationType[] = [
  "ExpirationWarning",
  "RenewalSuccess",
  "RenewalFailure",
  "DeploymentSuccess",
  "DeploymentFailure",
  "PolicyViolation",
  "Revocation",
  "ChannelFailure",
  "ReplacementNeeded",
  "EndpointProblem",
  "UnmanagedExpiry",
  "UnknownIssuance",
  "SourceFailure",
  "Digest",
];

/** "ExpirationWarning" is "Expiration warning". */
export function typeWords(type: string): string {
  const words = type.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const TYPES = TYPE_NAMES.map((value) => ({ value, label: typeWords(value) }));

export { DELIVERY_STATUSES as STATUSES } from "../../components/words/deliveryState";

export interface Ending {
  label: string;
  tone: Tone;
  why: string;
}

/** Rows that are complete and were given to no provider: the API calls them sent. */
const UNSENT: Record<string, Ending> = {
  skipped: { label: "Skipped", tone: "idle", why: "Not sent: its channel was removed." },
  muted: { label: "Muted", tone: "hold", why: "Not sent: a mute covered it." },
  folded: { label: "Folded", tone: "hold", why: "Not sent on its own: merged into another notification." },
  superseded: { label: "Superseded", tone: "idle", why: "Not sent: a newer alert replaced it." },
};

export function endingOf(row: Notification): Ending | null {
  if (row.status !== "sent") return null;
  if (row.folded_into !== null) return UNSENT.folded ?? null;
  return UNSENT[row.outcome ?? ""] ?? null;
}

/** As the API decides: what is queued, was sent or was folded is not requeued. */
export function mayBeRequeued(row: Notification): boolean {
  if (row.status === "dead" || row.status === "failed") return true;
  return row.status === "sent" && (row.outcome === "skipped" || row.outcome === "muted");
}

export function isWaiting(row: Notification): boolean {
  return row.status === "pending" || row.status === "failed";
}

export function retryWords(row: Notification): string {
  return `Retry ${row.retry_count}/${row.max_attempts}`;
}

const DEATHS: Record<NonNullable<Notification["dead_because"]>, string> = {
  attempts_used: "Not delivered: all attempts were used up.",
  attempts_lost: "Not delivered: its workers stopped before they reported a result.",
  too_old: "Not delivered: it failed, and was too old to retry.",
  expired: "Not tried: it expired while its channel was down.",
  refused: "Not delivered: the receiver rejected it.",
  channel_gone: "Not delivered: its channel is gone.",
};

const CAUSES: Record<NonNullable<Notification["dead_because"]>, string> = {
  attempts_used: "Attempts used up",
  attempts_lost: "Workers stopped",
  too_old: "Too old to retry",
  expired: "Channel down for too long",
  refused: "Rejected by the receiver",
  channel_gone: "Channel is gone",
};

/** To filter dead letters by. */
export const DEATH_CAUSES = Object.entries(CAUSES).map(([value, label]) => ({ value, label }));

/** What rows are grouped by: why they are dead, else their last error, else how they fared. */
export function causeOf(row: Notification): string {
  if (row.dead_because !== null)
    return row.last_error === null ? CAUSES[row.dead_because] : `${CAUSES[row.dead_because]}: ${row.last_error}`;
  return row.last_error ?? endingOf(row)?.label ?? "No error";
}

export function deathLabel(row: Pick<Notification, "dead_because">): string | null {
  return row.dead_because === null ? null : CAUSES[row.dead_because];
}

export function deathWords(row: Notification): string | null {
  return row.dead_because === null ? null : DEATHS[row.dead_because];
}
