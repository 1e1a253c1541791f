import { auditKeys, listAuditEvents } from "../../api/audit";
import { jobKeys, listJobs } from "../../api/jobs";
import { listNotifications, notificationKeys } from "../../api/notifications";
import { type List, useList } from "../../api/paging";
import { RARE_POLL_MS } from "../../api/polling";
import { useCan } from "../../components/session";
import { type Entry, merged, ofEvent, ofJob, ofNotification, type Source, withoutRepeats } from "./timeline";

const WATCH_MS = 3_000;

function sourceOf<Row>(list: List<Row>, toEntry: (row: Row) => Entry): Source {
  return { entries: list.rows.map(toEntry), hasMore: list.hasNextPage };
}

/** Lists that this key may not read are left out, and named in `hidden`. */
export function useTimeline(id: string, isUnderWay: boolean) {
  const [mayAudit, mayJobs, mayNotifications] = [useCan("audit:read"), useCan("jobs:read"), useCan("notifications:read")];
  const refetchInterval = isUnderWay ? WATCH_MS : RARE_POLL_MS;
  const about = { certificate_id: id };
  const audited = { resource_type: "certificate", resource_id: id };
  const events = useList(auditKeys.list(audited), (page) => listAuditEvents(audited, page), { enabled: mayAudit, refetchInterval });
  const jobs = useList(jobKeys.list(about), (page) => listJobs(about, page), { enabled: mayJobs, refetchInterval });
  const alerts = useList(notificationKeys.list("all", about), (page) => listNotifications(about, page), {
    enabled: mayNotifications,
    refetchInterval,
  });
  const reads = [
    { name: "audit events", may: mayAudit, list: events },
    { name: "jobs", may: mayJobs, list: jobs },
    { name: "notifications", may: mayNotifications, list: alerts },
  ];
  const readable = reads.filter((read) => read.may).map((read) => read.list);
  const failed = readable.filter((list) => list.error !== null);
  return {
    entries: withoutRepeats(merged([sourceOf(events, ofEvent), sourceOf(jobs, ofJob), sourceOf(alerts, ofNotification)])),
    isPending: readable.some((list) => list.isPending),
    error: failed[0]?.error ?? null,
    retry: () => failed.forEach((list) => void list.refetch()),
    hasMore: readable.some((list) => list.hasNextPage),
    isReadingOn: readable.some((list) => list.isFetchingNextPage),
    readOn: () => readable.filter((list) => list.hasNextPage).forEach((list) => void list.fetchNextPage()),
    hidden: reads.filter((read) => !read.may).map((read) => read.name),
  };
}
