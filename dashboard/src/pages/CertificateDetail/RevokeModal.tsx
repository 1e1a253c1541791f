import { Alert } from "@mantine/core";
import { useState } from "react";

import { type Certificate, revokeCertificate, type WantedRevocation } from "../../api/certificates";
import type { Schemas } from "../../api/client";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Impact } from "../../components/revocation/Impact";
import { isTicket, withTicket } from "../../components/revocation/ticket";
import { TicketInput } from "../../components/revocation/TicketInput";
import { counted } from "../../components/words/count";
import { ReasonChoice } from "./ReasonChoice";
import { KEY_COMPROMISE, REASONS } from "./reasons";
import { useAction } from "./useAction";
import { useImpact } from "./useImpact";

interface RevokeModalProps {
  certificate: Certificate;
  opened: boolean;
  onClose: () => void;
}

/** What the revocation leaves open: versions that nobody checks, its keys, and who else has one of them. */
export function consequences({
  unchecked_serial_numbers,
  other_certificates,
  refused_keys,
  more_keys_follow,
}: Schemas["RevokedView"]): string {
  const keys = counted(refused_keys.length, "keys");
  const refused =
    refused_keys.length > 0
      ? `No more certificates are issued for its ${keys}${more_keys_follow ? "; further keys follow within minutes" : ""}.`
      : "";
  const others = other_certificates.length > 0 ? `The same key is used by ${other_certificates.join(", ")}: revoke them too.` : "";
  return [aboutUnchecked(unchecked_serial_numbers.length), refused, others].filter(Boolean).join(" ");
}

function aboutUnchecked(count: number): string {
  if (count === 0) return "";
  return `Clients do not check it (noRevAvail) and accept ${counted(count, "versions")} until ${count === 1 ? "it expires" : "they expire"}.`;
}

export function RevokeModal({ certificate, opened, onClose }: RevokeModalProps) {
  const isRevoked = certificate.status === "Revoked";
  const [reason, setReason] = useState<string | null>(null);
  const [ticket, setTicket] = useState("");
  const impact = useImpact(certificate, reason);
  const revoke = useAction({
    run: (wanted: WantedRevocation) => revokeCertificate(certificate.id, wanted),
    title: () => `${certificate.name} is revoked`,
    message: consequences,
    onDone: onClose,
  });
  const reasons = isRevoked ? REASONS.filter(({ value }) => value === KEY_COMPROMISE) : REASONS;
  return (
    <ConfirmModal
      title={`Revoke ${certificate.name}`}
      action="Revoke certificate"
      opened={opened}
      onClose={onClose}
      onConfirm={() => reason !== null && revoke.mutate({ reason, ...withTicket(ticket) })}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDangerous
      isDisabled={reason === null || !isTicket(ticket)}
      typed={reason === KEY_COMPROMISE ? certificate.name : undefined}
    >
      <Alert color="red">
        {isRevoked
          ? "It is already revoked. The reason can still be changed to key compromise."
          : "All versions that have not expired are revoked. This cannot be undone."}
      </Alert>
      <Impact lines={impact} />
      <ReasonChoice reasons={reasons} value={reason} onChange={setReason} />
      <TicketInput value={ticket} onChange={setTicket} />
    </ConfirmModal>
  );
}
