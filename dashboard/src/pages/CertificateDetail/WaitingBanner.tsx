import { Button } from "@mantine/core";

import type { Certificate } from "../../api/certificates";
import type { JobDetails } from "../../api/jobs";
import { Can } from "../../components/session";
import { Requester } from "../../components/approval/ApprovalFacts";
import { ApprovalModal, type Decision } from "../../components/approval/ApprovalModal";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { useDialog } from "../../components/dialog";
import { Time } from "../../components/Time";
import { Banner } from "./Banner";
import type { CertificateDialog } from "./CertificateDialogs";

/** domain/jobs/jobs.py, AWAITING_CSR_TIMEOUT. */
const CSR_HOURS = 24;

interface WaitingProps {
  certificate: Certificate;
  job: JobDetails;
  dialog: CertificateDialog;
}

/** The person, or the agent, for whom the open job waits. */
export function WaitingBanner(props: WaitingProps) {
  if (props.job.status === "AwaitingApproval") return <AwaitingApproval job={props.job} />;
  return props.job.status === "AwaitingCSR" ? <AwaitingCsr {...props} /> : null;
}

function AwaitingApproval({ job }: { job: JobDetails }) {
  const dialog = useDialog<Decision>();
  const obstacle = job.approval?.obstacle ?? null;
  const actions = (
    <Can permission="jobs:approve">
      {obstacle === null && (
        <Button size="xs" onClick={dialog.opens("approve")}>
          Approve…
        </Button>
      )}
      <Button size="xs" variant="default" onClick={dialog.opens("reject")}>
        Reject…
      </Button>
    </Can>
  );
  return (
    <>
      <Banner color="yellow" title={`The ${job.type.toLowerCase()} awaits approval`} actions={actions}>
        Requested by <Requester job={job} /> <Time at={job.created_at} />.{" "}
        {job.approvals_required > 1 && `${String(job.approvals_given)} of ${String(job.approvals_required)} approvals. `}
        {obstacle ?? "Someone other than the requester must approve it."}
      </Banner>
      {dialog.open !== null && <ApprovalModal job={job} decision={dialog.open} opened onClose={dialog.close} />}
    </>
  );
}

function deadline({ created_at }: JobDetails): string {
  return new Date(Date.parse(created_at) + CSR_HOURS * 3_600_000).toISOString();
}

function AwaitingCsr({ certificate, job, dialog }: WaitingProps) {
  const actions =
    job.agent_id === null ? (
      <Can permission="certificates:submit-csr">
        <Button size="xs" onClick={dialog.opens("csr")}>
          Submit a CSR
        </Button>
      </Can>
    ) : undefined;
  return (
    <Banner color="blue" title={`The ${job.type.toLowerCase()} awaits a CSR`} actions={actions}>
      {certificate.expires_at !== null && (
        <>
          The certificate expires <Time at={certificate.expires_at} />.{" "}
        </>
      )}
      The job fails without a CSR <Time at={deadline(job)} />.
      {job.agent_id !== null && (
        <>
          {" "}
          The agent <CatalogLink kind="agents" id={job.agent_id} isInText /> generates the key and submits the CSR.
        </>
      )}
    </Banner>
  );
}
