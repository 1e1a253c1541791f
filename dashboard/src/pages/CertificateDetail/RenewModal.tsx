import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { type Certificate, renewCertificate, submitCsr } from "../../api/certificates";
import { ApiError } from "../../api/errors";
import { ConfirmModal } from "../../components/ConfirmModal";
import { checkPem } from "../../components/pki/checkPem";
import { CsrField } from "../../components/pki/CsrField";
import { useAction } from "./useAction";

interface RenewModalProps {
  certificate: Certificate;
  opened: boolean;
  onClose: () => void;
}

/** Its problems stand at the field itself. */
const CSR_FIELD = ["csr_pem"];

function csrProblem(error: Error | null): string | undefined {
  const problems = error instanceof ApiError ? error.errors.filter(({ field }) => field === "csr_pem") : [];
  return problems.length > 0 ? problems.map(({ message }) => message).join("; ") : undefined;
}

export function RenewModal({ certificate, opened, onClose }: RenewModalProps) {
  const [isLater, setLater] = useState(false);
  const [csr, setCsr] = useState("");
  const renew = useAction({
    run: () => renewCertificate(certificate.id, isLater ? null : csr),
    title: ({ job_id }) => `Job ${job_id} renews ${certificate.name}`,
    message: () => (isLater ? "It waits 24 hours for the CSR." : ""),
    onDone: onClose,
  });
  return (
    <ConfirmModal
      title={`Renew ${certificate.name}`}
      action="Renew"
      opened={opened}
      onClose={onClose}
      onConfirm={() => renew.mutate(undefined)}
      isBusy={renew.isPending}
      error={renew.error}
      ownFields={isLater ? [] : CSR_FIELD}
      isDisabled={!isLater && checkPem(csr).kind !== "ok"}
    >
      <Radio.Group aria-label="CSR" value={isLater ? "later" : "now"} onChange={(value) => setLater(value === "later")}>
        <Stack gap="xs">
          <Radio value="now" data-autofocus label="Submit a CSR now, ideally with a new key" />
          <Radio value="later" label="Submit the CSR later, from an agent or from here" />
        </Stack>
      </Radio.Group>
      {!isLater && <CsrField value={csr} onChange={setCsr} error={csrProblem(renew.error)} />}
    </ConfirmModal>
  );
}

export function CsrModal({ certificate, opened, onClose }: RenewModalProps) {
  const [csr, setCsr] = useState("");
  const submit = useAction({
    run: () => submitCsr(certificate.id, csr),
    title: ({ job_id }) => `Job ${job_id} has its CSR`,
    onDone: onClose,
  });
  return (
    <ConfirmModal
      title={`CSR for ${certificate.name}`}
      action="Submit CSR"
      opened={opened}
      onClose={onClose}
      onConfirm={() => submit.mutate(undefined)}
      isBusy={submit.isPending}
      error={submit.error}
      ownFields={CSR_FIELD}
      isDisabled={checkPem(csr).kind !== "ok"}
    >
      <Text size="sm">It may contain the names of this certificate, and no others.</Text>
      <CsrField value={csr} onChange={setCsr} error={csrProblem(submit.error)} isFirst />
    </ConfirmModal>
  );
}
