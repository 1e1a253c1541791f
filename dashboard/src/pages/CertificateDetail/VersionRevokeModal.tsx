import { Alert } from "@mantine/core";
import { useState } from "react";

import { type Certificate, revokeVersion, type Version, type WantedRevocation } from "../../api/certificates";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Impact } from "../../components/revocation/Impact";
import { isTicket, withTicket } from "../../components/revocation/ticket";
import { TicketInput } from "../../components/revocation/TicketInput";
import { ReasonChoice } from "./ReasonChoice";
import { KEY_COMPROMISE, REASONS } from "./reasons";
import { consequences } from "./RevokeModal";
import { useAction } from "./useAction";
import { useImpact } from "./useImpact";

interface VersionRevokeModalProps {
  certificate: Certificate;
  version: Version;
  onClose: () => void;
}

/** One version; the certificate stays in use. */
export function VersionRevokeModal({ certificate, version, onClose }: VersionRevokeModalProps) {
  const isCurrent = version.serial_number === certificate.serial_number;
  const [reason, setReason] = useState<string | null>(null);
  const [ticket, setTicket] = useState("");
  const impact = useImpact(certificate, reason, version);
  const revoke = useAction({
    run: (wanted: WantedRevocation) => revokeVersion(certificate.id, version.serial_number, wanted),
    title: () => `A version of ${certificate.name} is revoked`,
    message: consequences,
    onDone: onClose,
  });
  return (
    <ConfirmModal
      title={`Revoke one version of ${certificate.name}`}
      action="Revoke version"
      opened
      onClose={onClose}
      onConfirm={() => reason !== null && revoke.mutate({ reason, ...withTicket(ticket) })}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDangerous
      isDisabled={reason === null || !isTicket(ticket)}
      typed={reason === KEY_COMPROMISE ? certificate.name : undefined}
    >
      <Alert color="red">
        {isCurrent ? "It is the current version: without another valid one, the certificate counts as expired. " : ""}
        Other versions stay valid. This cannot be undone.
      </Alert>
      <Impact lines={impact} />
      <ReasonChoice reasons={REASONS} value={reason} onChange={setReason} />
      <TicketInput value={ticket} onChange={setTicket} />
    </ConfirmModal>
  );
}
