import { Button, Text, Tooltip } from "@mantine/core";
import { useState } from "react";

import type { Job } from "../../api/jobs";
import { Can, useSession } from "../../app/session";
import { ConfirmModal } from "../../components/ConfirmModal";
import { type Deed, useDeed } from "./actions";
import classes from "./Jobs.module.css";
import { awaitsApproval, isOpen, nameOf } from "./words";

interface JobActionsProps {
  job: Job;
  isInline?: boolean;
}

/** What this role may do with a job now. */
export function JobActions({ job, isInline }: JobActionsProps) {
  return (
    <div className={classes.actions} data-inline={isInline}>
      {awaitsApproval(job) && (
        <Can permission="jobs:approve">
          <ApproveButton job={job} />
          <DeedButton job={job} deed="reject" />
        </Can>
      )}
      {isOpen(job) && !awaitsApproval(job) && (
        <Can permission="jobs:cancel">
          <DeedButton job={job} deed="cancel" />
        </Can>
      )}
    </div>
  );
}

const NOT_ONES_OWN = "You cannot approve a job that you requested.";

/** Two pairs of eyes: the API refuses it to the requester. */
function ApproveButton({ job }: { job: Job }) {
  const { keyId } = useSession();
  if (keyId !== job.requested_by) return <DeedButton job={job} deed="approve" />;
  return (
    <Tooltip label={NOT_ONES_OWN} events={{ hover: true, focus: true, touch: true }}>
      <Button size="compact-xs" variant="light" data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
        Approve
      </Button>
    </Tooltip>
  );
}

const LOOKS = {
  approve: { label: "Approve", variant: "light", title: "Approve this job?", isDangerous: false },
  reject: { label: "Reject", variant: "default", title: "Reject this job?", isDangerous: true },
  cancel: { label: "Cancel", variant: "default", title: "Cancel this job?", isDangerous: true },
} as const;

const WHAT_HAPPENS: Record<Deed, string> = {
  approve: "It goes on at once: to its worker, or to the wait for a signing request where it has none.",
  reject: "The job ends as cancelled. The certificate stays as it is and can be renewed again.",
  cancel: "The job ends, even while a worker is at it. The certificate stays as it is and can be renewed again.",
};

function DeedButton({ job, deed }: { job: Job; deed: Deed }) {
  const [isAsking, setAsking] = useState(false);
  const { label, variant, title, isDangerous } = LOOKS[deed];
  const { mutate, isPending, error, reset, refresh } = useDeed(deed);
  const close = () => {
    setAsking(false);
    reset();
    refresh();
  };
  return (
    <>
      <Button size="compact-xs" variant={variant} onClick={() => setAsking(true)} aria-label={`${label} ${nameOf(job)}`}>
        {label}
      </Button>
      <ConfirmModal
        title={title}
        action={deed === "cancel" ? "Cancel job" : `${label} job`}
        opened={isAsking}
        onClose={close}
        onConfirm={() => mutate(job.id, { onSuccess: close })}
        isBusy={isPending}
        error={error}
        isDangerous={isDangerous}
      >
        <Text size="sm">
          {nameOf(job)}. {WHAT_HAPPENS[deed]}
        </Text>
      </ConfirmModal>
    </>
  );
}
