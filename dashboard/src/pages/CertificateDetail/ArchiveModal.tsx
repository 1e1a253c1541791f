import { Alert, Radio, Stack } from "@mantine/core";
import { useState } from "react";

import { archiveCertificate, archiveRevoked, type Certificate } from "../../api/certificates";
import { ConfirmModal } from "../../components/ConfirmModal";
import { isPast, useNow } from "../../components/now";
import { Impact } from "../../components/revocation/Impact";
import { isTicket, withTicket } from "../../components/revocation/ticket";
import { TicketInput } from "../../components/revocation/TicketInput";
import { useAction } from "./useAction";
import { useImpact } from "./useImpact";

interface ArchiveModalProps {
  certificate: Certificate;
  opened: boolean;
  onClose: () => void;
}

const STEP_MS = 60_000;
const REASON = "cessationOfOperation";

/** Ends the record. What becomes of valid versions is asked; expired ones need no answer. */
export function ArchiveModal({ certificate, opened, onClose }: ArchiveModalProps) {
  const nowMs = useNow(STEP_MS);
  const isValid = certificate.expires_at !== null && !isPast(certificate.expires_at, nowMs);
  const [fate, setFate] = useState<string | null>(null);
  const [ticket, setTicket] = useState("");
  const revokes = fate === "revoke";
  const archive = useAction({
    run: () => endedBy(certificate, fate, ticket),
    title: () => `${certificate.name} is ${revokes ? "revoked" : "archived"}`,
    onDone: onClose,
  });
  return (
    <ConfirmModal
      title={`Archive ${certificate.name}`}
      action={revokes ? "Revoke and archive" : "Archive certificate"}
      opened={opened}
      onClose={onClose}
      onConfirm={() => archive.mutate(undefined)}
      isBusy={archive.isPending}
      error={archive.error}
      isDangerous
      isDisabled={(isValid && fate === null) || !isTicket(ticket)}
    >
      <Alert color="red">It is renewed no more, its open job is cancelled, and its alerts end. This cannot be undone.</Alert>
      {isValid && <Fate value={fate} onChange={setFate} />}
      {revokes && <Revoking certificate={certificate} ticket={ticket} onTicket={setTicket} />}
    </ConfirmModal>
  );
}

function endedBy({ id, version }: Certificate, fate: string | null, ticket: string): Promise<void> {
  if (fate === "revoke") return archiveRevoked(id, version, { reason: REASON, ...withTicket(ticket) });
  return archiveCertificate(id, version, fate === "keep");
}

function Fate({ value, onChange }: { value: string | null; onChange: (value: string) => void }) {
  return (
    <Radio.Group label="Its valid versions" value={value} onChange={onChange} required withAsterisk={false}>
      <Stack gap="sm" mt="xs">
        <Radio value="keep" label="Stay valid until they expire" description="Clients still accept them." data-autofocus />
        <Radio value="revoke" label="Are revoked: no longer in use" description="For another reason, revoke the certificate instead." />
      </Stack>
    </Radio.Group>
  );
}

interface RevokingProps {
  certificate: Certificate;
  ticket: string;
  onTicket: (ticket: string) => void;
}

function Revoking({ certificate, ticket, onTicket }: RevokingProps) {
  return (
    <>
      <Impact lines={useImpact(certificate, REASON)} />
      <TicketInput value={ticket} onChange={onTicket} />
    </>
  );
}
