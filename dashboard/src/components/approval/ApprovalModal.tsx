import { Alert, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { notify } from "../notices";
import { approveJob, type Job, rejectJob } from "../../api/jobs";
import { refetchAfterWrite } from "../../api/refetchAfterWrite";
import { ConfirmModal } from "../ConfirmModal";
import { QueryView } from "../states";
import { ApprovalFacts } from "./ApprovalFacts";
import { type Approval, obstacleOf, useApproval } from "./useApproval";

export type Decision = "approve" | "reject";

const WORDS = {
  approve: { verb: "Approve", call: approveJob, done: "Approved.", next: "The certificate is issued immediately, exactly as shown." },
  reject: {
    verb: "Reject",
    call: rejectJob,
    done: "Rejected.",
    next: "The job is cancelled. The certificate stays as it is and can be renewed again.",
  },
} as const;

interface ApprovalModalProps {
  job: Pick<Job, "id" | "type" | "certificate_id" | "certificate_name">;
  decision: Decision;
  opened: boolean;
  onClose: () => void;
}

/** Asks with everything in sight that is decided on. */
export function ApprovalModal({ job, decision, opened, onClose }: ApprovalModalProps) {
  const { verb, call, done, next } = WORDS[decision];
  const approval = useApproval(job.id, job.certificate_id ?? "", opened);
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: () => call(job.id),
    onSuccess: (after) => notify({ color: "green", message: `${done} ${stateOf(after, decision)}`.trim() }),
  });
  // A refusal that failed the job shows it in its new state, once the question is closed.
  const close = () => {
    onClose();
    decide.reset();
    void refetchAfterWrite(queries);
  };
  const obstacle = approval.data === undefined || decision === "reject" ? null : obstacleOf(approval.data);
  return (
    <ConfirmModal
      title={`${verb} the ${job.type.toLowerCase()} of ${job.certificate_name ?? job.certificate_id ?? ""}`}
      action={`${verb} ${job.type.toLowerCase()}`}
      opened={opened}
      onClose={close}
      onConfirm={() => decide.mutate(undefined, { onSuccess: close })}
      isBusy={decide.isPending}
      error={decide.error}
      isDangerous={decision === "reject"}
      isDisabled={approval.data === undefined || obstacle !== null}
      size="lg"
    >
      <QueryView query={approval} what="what is decided on">
        {(data) => <ApprovalFacts {...data} />}
      </QueryView>
      {obstacle === null ? (
        <Text size="sm">{decision === "approve" ? (missingAfter(approval.data) ?? next) : next}</Text>
      ) : (
        <Alert color="yellow">{obstacle}</Alert>
      )}
    </ConfirmModal>
  );
}

/** What comes after this approval, if it is not the last. */
function missingAfter(data: Approval | undefined): string | null {
  const missing = data === undefined ? 0 : data.job.approvals_required - data.job.approvals_given - 1;
  if (missing <= 0) return null;
  return missing === 1
    ? "One more person must approve it before the certificate is issued."
    : `${String(missing)} more people must approve it before the certificate is issued.`;
}

function stateOf({ status, approvals_given, approvals_required }: Job, decision: Decision): string {
  if (decision === "reject") return "";
  return status === "AwaitingApproval" ? `${String(approvals_given)} of ${String(approvals_required)} approvals.` : "The job continues.";
}
