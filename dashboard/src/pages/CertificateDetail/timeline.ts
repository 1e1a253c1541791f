/** Audit events, jobs and notifications of one certificate in one order, newest first. */

import type { AuditEvent } from "../../api/audit";
import type { Job } from "../../api/jobs";
import type { Notification } from "../../api/notifications";
import { labelOf } from "../../components/StatusBadge";
import { deliveryLabel } from "../../components/words/deliveryState";

export interface Entry {
  id: string;
  kind: "event" | "job" | "notification";
  at: string;
  title: string;
  status: string | null;
  /** The status in words; null if the status is its own word. */
  label: string | null;
  /** Who, or by which way. */
  by: string;
  error: string | null;
  to: string | null;
  /** Of an audit event. */
  action: string | null;
  /** Of a job. */
  job: Job | null;
}

export interface Source {
  entries: Entry[];
  hasMore: boolean;
}

/** "certificate_issued" reads "Issued", "renewal_started" "Renewal started". */
function eventTitle(action: string): string {
  const words = action
    .replace(/^certificate_/, "")
    .replaceAll("_", " ")
    .replace(/\bcsr\b/, "CSR");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function ofEvent({ id, action, actor_name, timestamp }: AuditEvent): Entry {
  return {
    id,
    kind: "event",
    at: timestamp,
    title: eventTitle(action),
    status: null,
    label: null,
    by: actor_name,
    error: null,
    to: null,
    action,
    job: null,
  };
}

export function ofJob(job: Job): Entry {
  return {
    id: job.id,
    kind: "job",
    at: job.created_at,
    title: `${job.type} job`,
    status: job.status,
    label: null,
    by: job.requested_by_name ?? job.requested_by,
    error: job.last_error,
    to: `/jobs?open=${job.id}`,
    action: null,
    job,
  };
}

export function ofNotification(notification: Notification): Entry {
  return {
    id: notification.id,
    kind: "notification",
    at: notification.created_at,
    title: withoutName(notification.subject, notification.certificate_name ?? "") || labelOf(notification.type),
    status: notification.status,
    label: deliveryLabel(notification.status),
    by: notification.channel_id,
    error: notification.last_error,
    to: `/notifications?open=${notification.id}`,
    action: null,
    job: null,
  };
}

/** The page's heading has the name: "Certificate shop was revoked" is "Was revoked" here. */
function withoutName(subject: string, name: string): string {
  const beginning = [`Certificate ${name} `, `${name} `].find((text) => name !== "" && subject.startsWith(text)) ?? "";
  const rest = subject.slice(beginning.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** The event that a job's request and its end have of their own. */
const REQUESTED: Partial<Record<Job["type"], string>> = {
  Renewal: "certificate_renewal_requested",
  Deployment: "certificate_deployment_requested",
};
const DONE: Partial<Record<Job["type"], string>> = {
  Issuance: "certificate_issued",
  Renewal: "certificate_issued",
  Deployment: "certificate_deployed",
};
const FAILED: Partial<Record<Job["type"], string>> = {
  Issuance: "certificate_issuance_failed",
  Renewal: "certificate_issuance_failed",
  Deployment: "certificate_deployment_failed",
};
const SAME_MS = 2_000;

/** Each act once. What a job did is its event; a job that is open or failed says more than its events. */
export function withoutRepeats(entries: readonly Entry[]): Entry[] {
  const repeated = new Set<Entry>();
  for (const entry of entries) {
    if (entry.job === null) continue;
    const { type, status, created_at, completed_at } = entry.job;
    const done = status === "Completed" ? eventOf(entries, DONE[type], completed_at) : undefined;
    if (done !== undefined) {
      repeated.add(entry);
      continue;
    }
    for (const event of [eventOf(entries, REQUESTED[type], created_at), eventOf(entries, FAILED[type], completed_at)]) {
      if (event !== undefined) repeated.add(event);
    }
  }
  return entries.filter((entry) => !repeated.has(entry));
}

function eventOf(entries: readonly Entry[], action: string | undefined, at: string | null): Entry | undefined {
  if (action === undefined || at === null) return undefined;
  return entries.find((entry) => entry.action === action && Math.abs(Date.parse(entry.at) - Date.parse(at)) <= SAME_MS);
}

/** Wire times have whole seconds; the ULID in an id has milliseconds. */
function isBefore(a: Entry, b: Entry): boolean {
  const ulid = ({ id }: Entry) => id.slice(id.indexOf("-") + 1);
  return a.at === b.at ? ulid(a) < ulid(b) : a.at < b.at;
}

/** Nothing is shown that is older than the end of a list with more to read: what belongs between is not there yet. */
export function merged(sources: readonly Source[]): Entry[] {
  const horizons = sources.filter((source) => source.hasMore).map((source) => source.entries.at(-1)?.at ?? "");
  const horizon = horizons.reduce((latest, at) => (at > latest ? at : latest), "");
  const entries = sources.flatMap((source) => source.entries).filter((entry) => entry.at >= horizon);
  return entries.sort((a, b) => (isBefore(a, b) ? 1 : -1));
}
