import { Text } from "@mantine/core";
import { useState } from "react";

import { type Certificate, revokeCertificate, unholdCertificate } from "../../api/certificates";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Impact } from "../../components/revocation/Impact";
import { isTicket, withTicket } from "../../components/revocation/ticket";
import { TicketInput } from "../../components/revocation/TicketInput";
import { HOLD } from "./reasons";
import { useAction } from "./useAction";
import { useImpact } from "./useImpact";

interface HoldModalProps {
  certificate: Certificate;
  opened: boolean;
  onClose: () => void;
}

export function HoldModal({ certificate, opened, onClose }: HoldModalProps) {
  const [ticket, setTicket] = useState("");
  const impact = useImpact(certificate, HOLD);
  const hold = useAction({
    run: () => revokeCertificate(certificate.id, { reason: HOLD, ...withTicket(ticket) }),
    title: () => `${certificate.name} is on hold`,
    onDone: onClose,
  });
  return (
    <ConfirmModal
      title={`Put ${certificate.name} on hold`}
      action="Put on hold"
      opened={opened}
      onClose={onClose}
      onConfirm={() => hold.mutate(undefined)}
      isBusy={hold.isPending}
      error={hold.error}
      isDangerous
      isDisabled={!isTicket(ticket)}
    >
      <Text size="sm">
        It is listed as revoked, in CRL and OCSP, until an administrator ends the hold. Clients that check revocation will reject it.
      </Text>
      <Impact lines={impact} />
      <TicketInput value={ticket} onChange={setTicket} />
    </ConfirmModal>
  );
}

export function UnholdModal({ certificate, opened, onClose }: HoldModalProps) {
  const [ticket, setTicket] = useState("");
  const unhold = useAction({
    run: () => unholdCertificate(certificate.id, withTicket(ticket)),
    title: () => `The hold on ${certificate.name} has ended`,
    onDone: onClose,
  });
  return (
    <ConfirmModal
      title={`End the hold on ${certificate.name}`}
      action="End hold"
      opened={opened}
      onClose={onClose}
      onConfirm={() => unhold.mutate(undefined)}
      isBusy={unhold.isPending}
      error={unhold.error}
      isDisabled={!isTicket(ticket)}
    >
      <Text size="sm">It is removed from the CRL and becomes valid again.</Text>
      <TicketInput value={ticket} onChange={setTicket} />
    </ConfirmModal>
  );
}
