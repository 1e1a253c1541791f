import { useQuery } from "@tanstack/react-query";

import { type CertificateDetails, certificateKeys, getCertificate } from "../../api/certificates";
import { getJob, type JobDetails, jobKeys } from "../../api/jobs";

const REFETCH_MS = 5_000;

export interface Approval {
  job: JobDetails;
  certificate: CertificateDetails;
}

/** What an approver decides on, as it is now; `data` once all of it is read. */
export function useApproval(jobId: string, certificateId: string, enabled: boolean) {
  const job = useQuery({
    queryKey: jobKeys.one(jobId),
    queryFn: ({ signal }) => getJob(jobId, signal),
    refetchInterval: REFETCH_MS,
    enabled,
  });
  const certificate = useQuery({
    queryKey: certificateKeys.one(certificateId),
    queryFn: ({ signal }) => getCertificate(certificateId, signal),
    enabled,
  });
  const data: Approval | undefined =
    job.data !== undefined && certificate.data !== undefined ? { job: job.data, certificate: certificate.data } : undefined;
  const refetch = () => Promise.all([job.refetch(), certificate.refetch()]);
  return { data, error: job.error ?? certificate.error, refetch };
}

/** Why this caller cannot approve it now; null if they can. */
export function obstacleOf({ job: { status, approval } }: Approval): string | null {
  if (status !== "AwaitingApproval") return "This job no longer awaits approval.";
  if (approval !== null && approval.obstacle !== null) return approval.obstacle;
  const isRefused = approval !== null && (approval.problems.length > 0 || approval.policies.some(({ refuses }) => refuses));
  return isRefused ? "Approving it now would fail the job, for the reasons above." : null;
}
