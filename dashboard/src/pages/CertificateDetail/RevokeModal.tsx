import { Alert, Radio, Stack } from "@mantine/core";
import { useState } from "react";

import { type Certificate, revokeCertificate } from "../../api/certificates";
import type { Schemas } from "../../api/client";
import { ConfirmModal } from "../../components/ConfirmModal";
import { counted } from "../../components/words/count";
import { KEY_COMPROMISE, REASONS } from "./reasons";
import { useAction } from "./useAction";

interface RevokeModalProps {
  certificate: Certificate;
  opened: boolean;
  onClose: () => void;
}

/** What the revocation leaves open: versions that nobody checks, its keys, and who else has one of them. */
function consequences({ unchecked_serial_numbers, other_certificates, refused_keys, more_keys_follow }: Schemas["RevokedView"]): string {
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
  const revoke = useAction({
    run: (wanted: string) => revokeCertificate(certificate.id, wanted),
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
      onConfirm={() => reason !== null && revoke.mutate(reason)}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDangerous
      isDisabled={reason === null}
      typed={reason === KEY_COMPROMISE ? certificate.name : undefined}
    >
      <Alert color="red">
        {isRevoked
          ? "It is already revoked. The reason can still be changed to key compromise."
          : "All versions that have not expired are revoked. This cannot be undone."}
      </Alert>
      <Radio.Group label="Reason" value={reason} onChange={setReason} required withAsterisk={false}>
        <Stack gap="sm" mt="xs">
          {reasons.map(({ value, label, description }, index) => (
            <Radio key={value} value={value} label={label} description={description} data-autofocus={index === 0 || undefined} />
          ))}
        </Stack>
      </Radio.Group>
    </ConfirmModal>
  );
}
