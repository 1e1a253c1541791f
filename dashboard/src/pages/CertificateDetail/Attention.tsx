import { Anchor, Button } from "@mantine/core";
import { Link } from "react-router";

import type { CertificateDetails } from "../../api/certificates";
import type { JobDetails } from "../../api/jobs";
import { Can } from "../../components/session";
import layout from "../../components/layout.module.css";
import { hasExpired } from "../../components/Expiry";
import { useNow } from "../../components/now";
import { Time } from "../../components/Time";
import { possible } from "./Actions";
import { Banner } from "./Banner";
import type { CertificateDialog } from "./CertificateDialogs";
import { EndedBanner } from "./EndedBanner";
import { useOpenJob } from "./useOpenJob";
import { WaitingBanner } from "./WaitingBanner";

const STEP_MS = 15_000;
const ENDED = ["Revoked", "OnHold", "Archived"];

interface AttentionProps {
  certificate: CertificateDetails;
  dialog: CertificateDialog;
}

/** What is wrong, at the top of its page, and what to do about it: the certificate itself, and the job that waits. */
export function Attention({ certificate, dialog }: AttentionProps) {
  const job = useOpenJob(certificate);
  return (
    <div className={layout.stack}>
      <EndedBanner certificate={certificate} dialog={dialog} />
      <Problem certificate={certificate} job={job} dialog={dialog} />
      {job !== undefined && <WaitingBanner certificate={certificate} job={job} dialog={dialog} />}
    </div>
  );
}

interface ProblemProps extends AttentionProps {
  job: JobDetails | undefined;
}

function Problem({ certificate, job, dialog }: ProblemProps) {
  const now = useNow(STEP_MS);
  const title = problemOf(certificate, now);
  if (title === null) return null;
  return (
    <Banner
      color={isRed(certificate, now) ? "red" : "yellow"}
      title={title}
      actions={<RenewNow certificate={certificate} dialog={dialog} />}
    >
      {expiryWords(certificate, now)}
      {renewalWords(certificate, job)}{" "}
      <Anchor component={Link} to={`/jobs?certificate_id=${certificate.id}`} inherit underline="always">
        View jobs
      </Anchor>
    </Banner>
  );
}

/** What is wrong with its validity or its renewal; null if nothing is. */
export function problemOf(certificate: CertificateDetails, nowMs: number): string | null {
  const { status, renewal_state } = certificate;
  if (status === "Failed") return "No certificate was issued";
  if (ENDED.includes(status)) return null;
  if (hasExpired(certificate, nowMs)) return "This certificate has expired";
  if (certificate.urgency !== null) return "This certificate is about to expire";
  if (renewal_state === "failed") return "The last renewal failed";
  // A renewal in time ends before a certificate is Expiring.
  return status === "Expiring" && renewal_state === "in_progress" ? "The renewal is stuck" : null;
}

function isRed(certificate: CertificateDetails, nowMs: number): boolean {
  return certificate.renewal_state === "failed" || certificate.urgency !== null || hasExpired(certificate, nowMs);
}

function expiryWords(certificate: CertificateDetails, nowMs: number) {
  if (certificate.expires_at === null) return null;
  const isOver = hasExpired(certificate, nowMs);
  return (
    <>
      It {isOver ? "expired" : "expires"} <Time at={certificate.expires_at} />.{" "}
    </>
  );
}

function renewalWords({ status, renewal_state, renewal_error }: CertificateDetails, job: JobDetails | undefined): string {
  const what = status === "Failed" ? "The issuance" : "The last renewal";
  const failure = renewal_error === null ? "" : `${what} failed: ${renewal_error}. `;
  if (renewal_state === "in_progress") return `${failure}A renewal is in progress${stateWords(job)}.`;
  if (renewal_state === "idle") return "No renewal is in progress.";
  return failure || `${what} failed.`;
}

/** Where the open job stands: ": attempt 2 of 3, the last one failed: KMS is down". */
function stateWords(job: JobDetails | undefined): string {
  if (job === undefined) return "";
  if (job.status === "AwaitingCSR") return ": it awaits a CSR";
  if (job.status === "AwaitingApproval") return ": it awaits approval";
  if (job.attempts === 0) return ": it awaits its first attempt";
  const failure = job.last_error === null ? "" : `, last failure: ${job.last_error}`;
  return `: attempt ${String(job.attempts)} of ${String(job.max_attempts)}${failure}`;
}

function RenewNow({ certificate, dialog }: AttentionProps) {
  if (!possible(certificate).renew) return null;
  return (
    <Can permission="certificates:write">
      <Button size="xs" onClick={dialog.opens("renew")}>
        {certificate.status === "Failed" ? "Request again" : "Renew now"}
      </Button>
    </Can>
  );
}
