import { Alert, Anchor, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Certificate } from "../../api/certificates";
import { urgencyOf } from "../../components/Expiry";
import { useNow } from "../../components/now";
import { Time } from "../../components/Time";

const STEP_MS = 15_000;

/** Its problems, at the top of its page; null without any. */
export function problemOf(certificate: Certificate, nowMs: number): string | null {
  const { status, renewal_state } = certificate;
  if (status === "Failed") return "No certificate was issued";
  if (status === "Revoked" || status === "Archived") return null;
  const urgency = urgencyOf(certificate, nowMs);
  if (urgency === "expired") return "This certificate has expired";
  if (urgency === "urgent") return "This certificate is about to expire";
  return renewal_state === "failed" ? "The last renewal failed" : null;
}

function expiryWords(certificate: Certificate, nowMs: number) {
  if (certificate.expires_at === null) return null;
  const isOver = urgencyOf(certificate, nowMs) === "expired";
  return (
    <>
      It {isOver ? "expired" : "expires"} <Time at={certificate.expires_at} />.{" "}
    </>
  );
}

function renewalWords({ status, renewal_state, renewal_error }: Certificate): string {
  const what = status === "Failed" ? "The issuance" : "The last renewal";
  const failure = renewal_error === null ? "" : `${what} failed: ${renewal_error}. `;
  if (renewal_state === "in_progress") return `${failure}A renewal is in progress.`;
  if (renewal_state === "idle") return "No renewal is in progress.";
  return failure || `${what} failed.`;
}

/** Says without opening its jobs what is wrong and why. */
export function Attention({ certificate }: { certificate: Certificate }) {
  const now = useNow(STEP_MS);
  const problem = problemOf(certificate, now);
  if (problem === null) return null;
  return (
    <Alert color="red" title={problem} role="alert">
      <Text size="sm">
        {expiryWords(certificate, now)}
        {renewalWords(certificate)}{" "}
        <Anchor component={Link} to={`/jobs?certificate_id=${certificate.id}`} size="sm">
          Its jobs
        </Anchor>
      </Text>
    </Alert>
  );
}
