import classes from "./StatusBadge.module.css";

export type Tone = "ok" | "warn" | "bad" | "busy" | "hold" | "idle";

/** Of certificates, observed ones too, jobs, notifications, channels, attempts, agents and policies; "closed" and so on are a breaker's. */
const TONES: Record<string, Tone> = {
  Active: "ok",
  Expiring: "warn",
  Expired: "bad",
  Pending: "busy",
  RenewalInProgress: "busy",
  Failed: "bad",
  Revoked: "bad",
  Archived: "idle",
  OnHold: "hold",
  AwaitingCSR: "warn",
  AwaitingApproval: "warn",
  Running: "busy",
  Completed: "ok",
  Cancelled: "idle",
  pending: "busy",
  sent: "ok",
  failed: "warn",
  dead: "bad",
  closed: "ok",
  half_open: "warn",
  open: "bad",
  delivered: "ok",
  accepted: "ok",
  throttled: "warn",
  retryable: "warn",
  permanent: "bad",
  channel_gone: "bad",
  Online: "ok",
  Degraded: "warn",
  Offline: "bad",
  Managed: "ok",
  Claimed: "ok",
  Unmanaged: "warn",
  Superseded: "idle",
  Gone: "idle",
  Dismissed: "idle",
  Warning: "warn",
  Error: "bad",
  Critical: "bad",
};

const LABELS: Record<string, string> = {
  RenewalInProgress: "Renewing",
  OnHold: "On hold",
  AwaitingCSR: "Awaiting CSR",
  AwaitingApproval: "Awaiting approval",
  BulkRevocation: "Bulk revocation",
  PolicyEvaluation: "Policy evaluation",
  half_open: "Half open",
  channel_gone: "Channel gone",
};

export function toneOf(status: string): Tone {
  return TONES[status] ?? "idle";
}

export function labelOf(status: string): string {
  return LABELS[status] ?? status.charAt(0).toUpperCase() + status.slice(1).replaceAll("_", " ");
}

interface StatusBadgeProps {
  status: string;
  /** Instead of the status's own. */
  label?: string;
  tone?: Tone;
}

/** Word and colour: the word alone says it, too. */
export function StatusBadge({ status, label, tone }: StatusBadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone ?? toneOf(status)}>
      <span className={classes.dot} aria-hidden />
      {label ?? labelOf(status)}
    </span>
  );
}
