import type { Job } from "../../api/jobs";
import { labelOf } from "../../components/StatusBadge";

const STATUS_NAMES: readonly Job["status"][] = [
  "Pending",
  "AwaitingCSR",
  "AwaitingApproval",
  "Running",
  "Completed",
  "Failed",
  "Cancelled",
];
/** Whole: a new type of the API is missed by the compiler. */
const TYPE_NAMES: Record<Job["type"], true> = {
  Issuance: true,
  Renewal: true,
  Deployment: true,
  Validation: true,
  Revocation: true,
  BulkRevocation: true,
  Settlement: true,
  PolicyEvaluation: true,
  Campaign: true,
};

/** Not a status of the API: all that have not ended. */
export const OPEN = "open";

export const STATUSES = [{ value: OPEN, label: "Open (not ended)" }, ...STATUS_NAMES.map((value) => ({ value, label: labelOf(value) }))];
export const TYPES = Object.keys(TYPE_NAMES).map((value) => ({ value, label: labelOf(value) }));

/** "Renewal of crt-1", "Bulk revocation". */
export function nameOf({ type, certificate_id }: Job): string {
  return certificate_id === null ? labelOf(type) : `${labelOf(type)} of ${certificate_id}`;
}

/** Is ended on the campaign's own page. */
export const CAMPAIGN: Job["type"] = "Campaign";

/** Of the campaign that this job runs: both have the same ULID. */
export function campaignOf({ id }: Job): string {
  return id.replace(/^job-/, "cmp-");
}

export function awaitsApproval(job: Job): boolean {
  return job.status === "AwaitingApproval";
}
