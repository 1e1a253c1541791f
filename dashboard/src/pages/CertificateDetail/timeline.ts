/** Audit events, jobs and notifications of one certificate in one order, newest first. */

import type { AuditEvent } from "../../api/audit";
import type { Job } from "../../api/jobs";
import type { Notification } from "../../api/notifications";
import { labelOf } from "../../components/StatusBadge";

export interface Entry {
  id: string;
  kind: "event" | "job" | "notification";
  at: string;
  title: string;
  status: string | null;
  /** Who, or by which way. */
  by: string;
  error: string | null;
  to: string | null;
}

export interface Source {
  entries: Entry[];
  hasMore: boolean;
}

/** "certificate_issued" reads "Issued", "renewal_started" "Renewal started". */
function eventTitle(action: string): string {
  const words = action.replace(/^certificate_/, "").replaceAll("_", " ").replace(/\bcsr\b/, "CSR");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function ofEvent({ id, action, actor, timestamp }: AuditEvent): Entry {
  return { id, kind: "event", at: timestamp, title: eventTitle(action), status: null, by: actor, error: null, to: null };
}

export function ofJob(job: Job): Entry {
  return {
    id: job.id,
    kind: "job",
    at: job.created_at,
    title: `${job.type} job`,
    status: job.status,
    by: job.requested_by,
    error: job.last_error,
    to: `/jobs?open=${job.id}`,
  };
}

export function ofNotification(notification: Notification): Entry {
  return {
    id: notification.id,
    kind: "notification",
    at: notification.created_at,
    title: notification.subject || labelOf(notification.type),
    status: notification.status,
    by: notification.channel_id,
    error: notification.last_error,
    to: `/notifications?open=${notification.id}`,
  };
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
