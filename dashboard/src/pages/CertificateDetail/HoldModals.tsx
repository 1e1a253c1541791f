import { Text } from "@mantine/core";

import { type Certificate, revokeCertificate, unholdCertificate } from "../../api/certificates";
import { ConfirmModal } from "../../components/ConfirmModal";
import { HOLD } from "./reasons";
import { useAction } from "./useAction";

interface HoldModalProps {
  certificate: Certificate;
  opened: boolean;
  onClose: () => void;
}

export function HoldModal({ certificate, opened, onClose }: HoldModalProps) {
  const hold = useAction({
    run: () => revokeCertificate(certificate.id, HOLD),
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
    >
      <Text size="sm">
        It is listed as revoked, in CRL and OCSP, until an administrator ends the hold. Clients that check revocation will reject it.
      </Text>
    </ConfirmModal>
  );
}

export function UnholdModal({ certificate, opened, onClose }: HoldModalProps) {
  const unhold = useAction({
    run: () => unholdCertificate(certificate.id),
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
    >
      <Text size="sm">It is removed from the CRL and becomes valid again.</Text>
    </ConfirmModal>
  );
}
