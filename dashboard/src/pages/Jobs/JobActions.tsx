import { Button, Text, Tooltip } from "@mantine/core";
import { useState } from "react";

import { isOpenJob, type Job } from "../../api/jobs";
import { Can, useSession } from "../../components/session";
import { ApprovalModal, type Decision } from "../../components/approval/ApprovalModal";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useCancel } from "./actions";
import classes from "./Jobs.module.css";
import { awaitsApproval, CAMPAIGN, nameOf } from "./words";

interface JobActionsProps {
  job: Job;
}

/** What this role may do with a job now. */
export function JobActions({ job }: JobActionsProps) {
  return (
    <div className={classes.actions}>
      {awaitsApproval(job) && (
        <Can permission="jobs:approve">
          <ApproveButton job={job} />
          <DecisionButton job={job} decision="reject" />
        </Can>
      )}
      {isOpenJob(job) && !awaitsApproval(job) && job.type !== CAMPAIGN && (
        <Can permission="jobs:cancel">
          <CancelButton job={job} />
        </Can>
      )}
    </div>
  );
}

const NOT_ONES_OWN = "You cannot approve a job that you requested.";

/** Two pairs of eyes: the API refuses it to the requester. */
function ApproveButton({ job }: { job: Job }) {
  const { keyId } = useSession();
  if (keyId !== job.requested_by) return <DecisionButton job={job} decision="approve" />;
  return (
    <Tooltip label={NOT_ONES_OWN} events={{ hover: true, focus: true, touch: true }}>
      <Button size="compact-xs" variant="light" data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
        Approve
      </Button>
    </Tooltip>
  );
}

const LOOKS = {
  approve: { label: "Approve", variant: "light" },
  reject: { label: "Reject", variant: "default" },
} as const;

function DecisionButton({ job, decision }: { job: Job; decision: Decision }) {
  const [isAsking, setAsking] = useState(false);
  const { label, variant } = LOOKS[decision];
  return (
    <>
      <Button size="compact-xs" variant={variant} onClick={() => setAsking(true)} aria-label={`${label} ${nameOf(job)}`}>
        {label}
      </Button>
      <ApprovalModal job={job} decision={decision} opened={isAsking} onClose={() => setAsking(false)} />
    </>
  );
}

function CancelButton({ job }: { job: Job }) {
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending, error, reset, refresh } = useCancel();
  const close = () => {
    setAsking(false);
    reset();
    refresh();
  };
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setAsking(true)} aria-label={`Cancel ${nameOf(job)}`}>
        Cancel
      </Button>
      <ConfirmModal
        title="Cancel this job?"
        action="Cancel job"
        keep="Keep job"
        opened={isAsking}
        onClose={close}
        onConfirm={() => mutate(job.id, { onSuccess: close })}
        isBusy={isPending}
        error={error}
        isDangerous
      >
        <Text size="sm">
          {nameOf(job)}. The job ends, even while a worker is at it. The certificate stays as it is and can be renewed again.
        </Text>
      </ConfirmModal>
    </>
  );
}
