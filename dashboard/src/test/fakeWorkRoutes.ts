/** Routes of jobs and notifications. */

import type { Schemas } from "../api/client";
import { approval, job } from "./builders";
import { type FakeApi, problem } from "./fakeApi";
import { type Answer, type FakeRoute, found, matching, paged, route } from "./fakeRoute";

type Job = Schemas["JobView"];
type Notification = Schemas["NotificationView"];

const ROWS_IN_ONE_STEP = 500;
const IDS_A_PAGE = 2;
const ENDED = ["Completed", "Failed", "Cancelled"];

const now = () => new Date().toISOString();

function ofChannel(rows: Notification[], channel: string | null | undefined): Notification[] {
  return channel ? rows.filter((row) => row.channel === channel || row.channel_id === channel) : rows;
}

const listNotifications: Answer = (api, { query }) => {
  const rows = matching(api.notifications, query, ["status", "type", "certificate_id", "dead_because"]);
  const read = query.get("read");
  const wanted = rows.filter(
    (row) => (read === null || (row.read_at !== null) === (read === "true")) && (query.get("state") === null || isWaiting(row)),
  );
  return paged(ofChannel(wanted, query.get("channel")), query);
};

function isWaiting({ status }: Notification): boolean {
  return status === "pending" || status === "failed";
}

const groupNotifications: Answer = (api, { query }) => {
  const rows = api.notifications.filter((row) => (query.get("state") === "waiting" ? isWaiting(row) : row.status === "dead"));
  const groups = new Map<string, Schemas["NotificationGroupView"]>();
  for (const { channel_id, channel, dead_because, last_error, created_at } of rows) {
    const key = `${channel_id} ${dead_because}`;
    const before = groups.get(key);
    if (before === undefined) groups.set(key, { channel_id, channel, dead_because, count: 1, last_error, latest_at: created_at });
    else before.count += 1;
  }
  return Response.json({ data: [...groups.values()], complete: true });
};

function mayBeRequeued({ status, outcome }: Notification): boolean {
  return status === "dead" || status === "failed" || (status === "sent" && ["skipped", "muted"].includes(outcome ?? ""));
}

function queue(row: Notification): void {
  Object.assign(row, { status: "pending", queued_at: now(), retry_count: 0, dead_at: null, last_error: null, outcome: null });
}

const requeue: Answer = (api, { parameters }) =>
  found(api.notifications, parameters[0], (row) => {
    if (!mayBeRequeued(row)) return problem(409, "The notification cannot be requeued. It was sent.");
    queue(row);
    return Response.json({ status: "requeued" });
  });

/** The cursor is how many rows were looked at: rows keep their place though their status changes. */
const requeueMany: Answer = (api, { body }) => {
  const { status = "dead", channel, type, cursor } = body as Schemas["BulkRequeueBody"];
  const start = Number(cursor ?? 0);
  const looked = api.notifications.slice(start, start + ROWS_IN_ONE_STEP);
  const wanted = ofChannel(looked, channel).filter((row) => row.status === status && (!type || row.type === type) && mayBeRequeued(row));
  wanted.forEach(queue);
  const end = start + looked.length;
  return Response.json({ requeued: wanted.length, refused: 0, next_cursor: end < api.notifications.length ? String(end) : null });
};

const markRead: Answer = (api, { parameters }) =>
  found(api.notifications, parameters[0], (row) => {
    row.read_at ??= now();
    return Response.json({ status: "read" });
  });

function changeJob(isPossible: (row: Job) => boolean, change: (row: Job) => void): Answer {
  return (api: FakeApi, { parameters }) =>
    found(api.jobs, parameters[0], (row) => {
      if (!isPossible(row)) return problem(409, `This job is ${row.status} already.`);
      change(row);
      return Response.json(row);
    });
}

const awaitsApproval = (row: Job) => row.status === "AwaitingApproval";

function end(row: Job): void {
  Object.assign(row, { status: "Cancelled", completed_at: now() });
}

const cancel = changeJob((row) => !ENDED.includes(row.status), end);
const reject = changeJob(awaitsApproval, end);
const approve = changeJob(awaitsApproval, (row) => {
  row.approvals_given += 1;
  if (row.approvals_given >= row.approvals_required) row.status = "Pending";
});

const approveOfAnother: Answer = (api, call) => {
  const row = api.jobs.find(({ id }) => id === call.parameters[0]);
  if (row?.requested_by === call.key.id) return problem(403, "The requester of a job cannot approve it.");
  return approve(api, call);
};

function jobDetails(api: FakeApi, row: Job): Schemas["JobDetailsView"] {
  const whole = row.needs_approval ? { ...approval(), ...api.approval } : null;
  return { ...row, requested_by_name: row.requested_by_name ?? whole?.requested_by_name ?? null, approval: whole };
}

/** A dry run answers two ids a page; else there is a job that has looked at nothing yet. */
const bulkRevoke: Answer = (api, { body }) => {
  const wanted = body as Schemas["BulkRevokeBody"];
  if (!wanted.dry_run) {
    api.jobs.unshift(
      job({ id: "job-bulk", type: "BulkRevocation", certificate_id: null, team_id: null, status: "Pending", completed_at: null }),
    );
    return Response.json({ job_id: "job-bulk" }, { status: 202 });
  }
  const { certificate_ids, team_id } = wanted;
  const rows = api.certificates.filter(
    (row) => (certificate_ids?.includes(row.id) ?? true) && (team_id == null || row.team_id === team_id),
  );
  const start = Number(wanted.cursor ?? 0);
  const end = start + IDS_A_PAGE;
  const next_cursor = end < rows.length ? String(end) : null;
  const certificates = rows.slice(start, end);
  return Response.json({ certificate_ids: certificates.map(({ id }) => id), certificates, next_cursor, per_page: IDS_A_PAGE });
};

export const WORK_ROUTES: FakeRoute[] = [
  route("POST", "/certificates/bulk-revoke", "certificates:bulk-revoke", bulkRevoke),
  route("GET", "/jobs", "jobs:read", (api, { query }) =>
    paged(matching(api.jobs, query, ["status", "type", "certificate_id", "agent_id", "team_id", "target_id"]), query),
  ),
  route("GET", "/jobs/*", "jobs:read", (api, { parameters }) =>
    found(api.jobs, parameters[0], (row) => Response.json(jobDetails(api, row))),
  ),
  route("POST", "/jobs/*/cancel", "jobs:cancel", cancel),
  route("POST", "/jobs/*/approve", "jobs:approve", approveOfAnother),
  route("POST", "/jobs/*/reject", "jobs:approve", reject),
  route("GET", "/notifications", "notifications:read", listNotifications),
  route("GET", "/notifications/groups", "notifications:read", groupNotifications),
  route("GET", "/notifications/*", "notifications:read", (api, { parameters }) =>
    found(api.notifications, parameters[0], (row) => Response.json(row)),
  ),
  route("POST", "/notifications/requeue", "notifications:write", requeueMany),
  route("POST", "/notifications/*/requeue", "notifications:write", requeue),
  route("POST", "/notifications/*/read", "notifications:write", markRead),
];
