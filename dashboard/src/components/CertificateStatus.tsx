import { Text } from "@mantine/core";

import type { Certificate } from "../api/certificates";
import { StatusBadge } from "./StatusBadge";

/** The state of its renewal, beside a status that does not show it; null without one. */
export function renewalNote({ status, renewal_state }: Pick<Certificate, "status" | "renewal_state">): string | null {
  if (!["Active", "Expiring", "Expired", "OnHold"].includes(status)) return null;
  if (renewal_state === "failed") return "Renewal failed";
  return renewal_state === "in_progress" ? "Renewing" : null;
}

/** In one row if there is room. */
export function CertificateBadges({ certificate }: { certificate: Certificate }) {
  const note = renewalNote(certificate);
  return (
    <>
      <StatusBadge status={certificate.status} />
      {note !== null && <StatusBadge status={note} tone={certificate.renewal_state === "failed" ? "bad" : "busy"} />}
    </>
  );
}

/** The badge; under it the renewal, and why it failed. */
export function CertificateStatus({ certificate }: { certificate: Certificate }) {
  const note = renewalNote(certificate);
  const why = certificate.renewal_error;
  const below = [note, why].filter(Boolean).join(": ");
  return (
    <>
      <StatusBadge status={certificate.status} />
      {below !== "" && (
        <Text size="xs" c="dimmed" truncate component="div" title={below}>
          {below}
        </Text>
      )}
    </>
  );
}
