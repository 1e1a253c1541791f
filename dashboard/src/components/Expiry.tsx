import type { Certificate } from "../api/certificates";
import classes from "./Expiry.module.css";
import { useNow } from "./now";
import { Time } from "./Time";

const STEP_MS = 15_000;
/** Its date is of no concern once it has ended. */
const ENDED: readonly string[] = ["Revoked", "Archived"];

type Ending = Pick<Certificate, "status" | "expires_at">;

export function hasExpired({ status, expires_at }: Ending, nowMs: number): boolean {
  return expires_at !== null && !ENDED.includes(status) && Date.parse(expires_at) <= nowMs;
}

/** When it expires, in words that say so where it has; red if the API finds it urgent. */
export function Expiry({ certificate }: { certificate: Ending & Pick<Certificate, "urgency"> }) {
  const isOver = hasExpired(certificate, useNow(STEP_MS));
  const time = <Time at={certificate.expires_at} none="Not issued" />;
  return (
    <span className={certificate.urgency === null ? undefined : classes.urgent}>
      {isOver && "Expired "}
      {time}
    </span>
  );
}
