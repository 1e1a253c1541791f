import { Text } from "@mantine/core";

import type { Certificate } from "../api/certificates";
import { StatusBadge } from "./StatusBadge";

type Shown = Pick<Certificate, "status" | "renewal_state" | "urgency">;

/** The state of its renewal, beside a status that does not show it; null without one. */
export function renewalNote({ status, renewal_state }: Pick<Certificate, "status" | "renewal_state">): string | null {
  if (!["Active", "Expiring", "Expired", "OnHold"].includes(status)) return null;
  if (renewal_state === "failed") return "Renewal failed";
  return renewal_state === "in_progress" ? "Renewing" : null;
}

/** The badge of what is urgent says so, whatever its status: nothing that ends soon unrenewed is green. */
export function UrgencyBadge({ certificate: { status, urgency } }: { certificate: Shown }) {
  if (urgency === null || status === "Expired") return <StatusBadge status={status} />;
  return <StatusBadge status={status} label="Expires soon" tone="bad" />;
}

/** In one row if there is room. */
export function CertificateBadges({ certificate }: { certificate: Shown }) {
  const note = renewalNote(certificate);
  return (
    <>
      <UrgencyBadge certificate={certificate} />
      {note !== null && <StatusBadge status={note} tone={certificate.renewal_state === "failed" ? "bad" : "busy"} />}
    </>
  );
}

/** The badge; under it the renewal, and why it failed. */
export function CertificateStatus({ certificate }: { certificate: Shown & Pick<Certificate, "renewal_error"> }) {
  const note = renewalNote(certificate);
  const why = certificate.renewal_error;
  const below = [note, why].filter(Boolean).join(": ");
  return (
    <>
      <UrgencyBadge certificate={certificate} />
      {below !== "" && (
        <Text size="xs" c="dimmed" truncate component="div" title={below}>
          {below}
        </Text>
      )}
    </>
  );
}
