import type { Certificate } from "../api/certificates";
import classes from "./Expiry.module.css";
import { useNow } from "./now";
import { Time } from "./Time";

const STEP_MS = 15_000;
const URGENT_MS = 72 * 3_600_000;
/** Nobody has to act on the expiry of what has ended. */
const ENDED: readonly string[] = ["Revoked", "Archived"];

type Urgency = "expired" | "urgent" | "none";

/** Red is what has expired, and what has less than 72 hours left. */
export function urgencyOf({ status, expires_at }: Pick<Certificate, "status" | "expires_at">, nowMs: number): Urgency {
  if (expires_at === null || ENDED.includes(status)) return "none";
  const left = Date.parse(expires_at) - nowMs;
  if (left <= 0) return "expired";
  return left < URGENT_MS ? "urgent" : "none";
}

/** When it expires, in words that say so where it has. */
export function Expiry({ certificate }: { certificate: Certificate }) {
  const urgency = urgencyOf(certificate, useNow(STEP_MS));
  const time = <Time at={certificate.expires_at} none="Not issued" />;
  if (urgency === "none") return time;
  return (
    <span className={classes.urgent}>
      {urgency === "expired" && "Expired "}
      {time}
    </span>
  );
}
