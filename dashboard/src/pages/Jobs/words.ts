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
const TYPE_NAMES: readonly Job["type"][] = ["Issuance", "Renewal", "Deployment", "Validation", "Revocation", "BulkRevocation"];

export const STATUSES = STATUS_NAMES.map((value) => ({ value, label: labelOf(value) }));
export const TYPES = TYPE_NAMES.map((value) => ({ value, label: labelOf(value) }));

/** "Renewal of crt-1", "Bulk revocation". */
export function nameOf({ type, certificate_id }: Job): string {
  return certificate_id === null ? labelOf(type) : `${labelOf(type)} of ${certificate_id}`;
}

export function isOpen(job: Job): boolean {
  return !["Completed", "Failed", "Cancelled"].includes(job.status);
}

export function awaitsApproval(job: Job): boolean {
  return job.status === "AwaitingApproval";
}
