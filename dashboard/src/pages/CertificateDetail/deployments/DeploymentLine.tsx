import { Text } from "@mantine/core";

import type { Deployment } from "../../../api/certificates";
import { isOpenJob } from "../../../api/jobs";
import { JobLink } from "../../../components/JobLink";
import { StatusBadge } from "../../../components/StatusBadge";
import { Time } from "../../../components/Time";
import { failureOf } from "./deployable";
import classes from "./Deployments.module.css";

interface LineProps {
  deployment: Deployment;
  /** The certificate's serial number now. */
  current: string | null;
}

/** One deployment: how it went, when, of which version, and what went wrong. */
export function DeploymentLine({ deployment, current }: LineProps) {
  const { job_id, status, attempts, max_attempts, last_error } = deployment;
  return (
    <div>
      <div className={classes.line}>
        <StatusBadge status={status} />
        <Text size="sm" component="span">
          <When deployment={deployment} /> · <VersionWords serial={deployment.serial_number} current={current} />
          {attempts > 0 && ` · ${attempts} of ${max_attempts} attempts`} ·{" "}
          <JobLink id={job_id} isInText>
            job
          </JobLink>
        </Text>
      </div>
      {last_error !== null && <Failure error={last_error} isCalm={status === "Cancelled"} isRetried={isOpenJob(deployment)} />}
    </div>
  );
}

function When({ deployment: { completed_at, started_at, created_at, status } }: { deployment: Deployment }) {
  if (completed_at !== null) return <Time at={completed_at} />;
  if (status === "Running" && started_at !== null) {
    return (
      <>
        started <Time at={started_at} />
      </>
    );
  }
  return (
    <>
      requested <Time at={created_at} />
    </>
  );
}

const SHOWN_OF_A_SERIAL = 11;

function VersionWords({ serial, current }: { serial: string | null; current: string | null }) {
  if (serial === null) return "no version";
  const short = serial.length > SHOWN_OF_A_SERIAL ? `${serial.slice(0, SHOWN_OF_A_SERIAL)}…` : serial;
  return <span title={`Serial number ${serial}`}>{serial === current ? "the current version" : `version ${short}`}</span>;
}

function Failure({ error, isCalm, isRetried }: { error: string; isCalm: boolean; isRetried: boolean }) {
  const { reason, left } = failureOf(error);
  return (
    <div className={classes.failure} data-calm={isCalm || undefined}>
      {left !== null && <StatusBadge {...left} />}
      <span className={classes.reason}>
        {reason}
        {isRetried && " It will be retried."}
      </span>
    </div>
  );
}
