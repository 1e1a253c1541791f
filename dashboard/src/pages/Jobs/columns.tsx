import type { Job } from "../../api/jobs";
import { CertificateLink } from "../../components/CertificateLink";
import { CatalogLink } from "../../components/catalog/CatalogName";
import type { Column } from "../../components/DataTable";
import { RowOpener } from "../../components/RowLink";
import { labelOf, StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { JobActions } from "./JobActions";
import classes from "./Jobs.module.css";
import { awaitsApproval } from "./words";

const WIDE: readonly Column<Job>[] = [
  { id: "job", title: "Job", width: "128px", sortBy: (job) => job.type, cell: (job) => <JobLink job={job} /> },
  { id: "certificate", title: "Certificate", cell: (job) => <Certificate job={job} /> },
  { id: "status", title: "Status", width: "158px", sortBy: (job) => job.status, cell: (job) => <Status job={job} /> },
  { id: "attempts", title: "Attempts", width: "96px", hideWhenCramped: true, sortBy: (job) => job.attempts, cell: attemptsOf },
  { id: "created", title: "Created", width: "150px", sortBy: (job) => job.created_at, cell: (job) => <Time at={job.created_at} /> },
  { id: "actions", title: "Actions", hideTitle: true, align: "right", width: "160px", cell: (job) => <JobActions job={job} /> },
];

const NARROW: readonly Column<Job>[] = [
  {
    id: "job",
    title: "Job",
    cell: (job) => (
      <>
        <div className={classes.top}>
          <JobLink job={job} />
          <div>
            <Status job={job} />
          </div>
        </div>
        <Certificate job={job} />
        <div className={classes.state}>
          <span className={classes.dim}>
            {attemptsOf(job)} attempts · <Time at={job.created_at} />
          </span>
          <JobActions job={job} />
        </div>
      </>
    ),
  },
];

export function columnsFor(isNarrow: boolean): readonly Column<Job>[] {
  return isNarrow ? NARROW : WIDE;
}

function attemptsOf(job: Job): string {
  return `${job.attempts} of ${job.max_attempts}`;
}

/** With the count of approvals where one is not enough. */
function Status({ job }: { job: Job }) {
  const isCounted = awaitsApproval(job) && job.approvals_required > 1;
  return (
    <>
      <StatusBadge status={job.status} />
      {isCounted && (
        <div className={classes.dim}>
          {job.approvals_given} of {job.approvals_required} approvals
        </div>
      )}
    </>
  );
}

function JobLink({ job }: { job: Job }) {
  return <RowOpener id={job.id} title={labelOf(job.type)} />;
}

function Certificate({ job }: { job: Job }) {
  return (
    <>
      <div className={classes.place}>
        <CertificateLink id={job.certificate_id} name={job.certificate_name} className={classes.above} />
        {job.target_id !== null && (
          <span className={classes.dim}>
            to <CatalogLink kind="targets" id={job.target_id} className={classes.above} />
          </span>
        )}
      </div>
      <LastError job={job} />
    </>
  );
}

function LastError({ job }: { job: Job }) {
  if (job.last_error === null) return null;
  return (
    <span className={classes.error} data-calm={job.status === "Cancelled" || undefined} title={job.last_error}>
      {job.last_error}
    </span>
  );
}
