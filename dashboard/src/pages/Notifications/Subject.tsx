import type { Notification } from "../../api/notifications";
import { JobLink } from "../../components/JobLink";
import { RowOpener } from "../../components/RowLink";
import { Time } from "../../components/Time";
import classes from "./Notifications.module.css";
import { typeWords } from "./words";

/** What it is about; the whole row opens the drawer. */
export function Subject({ row }: { row: Notification }) {
  return (
    <div className={classes.subject}>
      <span className={classes.mark} data-unread={row.read_at === null}>
        {row.read_at === null && <span className={classes.unseen}>Unread</span>}
      </span>
      <div>
        <RowOpener id={row.id} title={row.subject} />
        <div className={classes.line}>
          {aboutOf(row)} · <Time at={row.created_at} />
          {row.job_id !== null && <OfJob id={row.job_id} />}
        </div>
        <LastError row={row} />
      </div>
    </div>
  );
}

/** The bulk revocation or campaign that it reports, as a link of its own in the row. */
function OfJob({ id }: { id: string }) {
  return (
    <>
      {" · "}
      <JobLink id={id} className={classes.above} isInText>
        Job
      </JobLink>
    </>
  );
}

function aboutOf(row: Notification): string {
  const kind = row.action === "resolve" ? "Resolved" : typeWords(row.type);
  const about = row.severity === "critical" && row.action !== "resolve" ? `Critical · ${kind}` : kind;
  const to = row.recipient === "" || row.recipient === row.channel_id ? "" : ` to ${row.recipient}`;
  return `${about} · ${row.channel_id}${to}`;
}

/** One line of it, and all of it in the title. */
function LastError({ row }: { row: Notification }) {
  if (row.last_error === null) return null;
  return (
    <span className={classes.error} title={row.last_error}>
      {row.last_error}
    </span>
  );
}
