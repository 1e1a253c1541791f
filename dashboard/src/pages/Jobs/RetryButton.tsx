import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { certificateKeys, deployCertificate, getCertificate } from "../../api/certificates";
import type { Job } from "../../api/jobs";
import { useRepeatable } from "../../api/repeatable";
import { useCan } from "../../components/session";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { ConfirmModal } from "../../components/ConfirmModal";
import { PUSH, useAddress } from "../../components/address";
import { RenewModal } from "../CertificateDetail/RenewModal";
import { useAction } from "../CertificateDetail/useAction";

/** A failed issuance, renewal or deployment is tried again by a new job. */
export function RetryButton({ job }: { job: Job }) {
  const mayWrite = useCan("certificates:write");
  if (job.status !== "Failed" || job.certificate_id === null || !mayWrite) return null;
  if (job.type === "Issuance" || job.type === "Renewal") return <Retry certificateId={job.certificate_id} />;
  if (job.type !== "Deployment" || job.target_id === null) return null;
  return <DeployAgain certificateId={job.certificate_id} targetId={job.target_id} />;
}

function Retry({ certificateId }: { certificateId: string }) {
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery({
    queryKey: certificateKeys.one(certificateId),
    queryFn: ({ signal }) => getCertificate(certificateId, signal),
    enabled: isOpen,
  });
  return (
    <>
      <Button size="compact-sm" loading={isOpen && data === undefined} onClick={() => setOpen(true)}>
        Retry
      </Button>
      {data !== undefined && <RenewModal certificate={data} opened={isOpen} onClose={() => setOpen(false)} />}
    </>
  );
}

function DeployAgain({ certificateId, targetId }: { certificateId: string; targetId: string }) {
  const [isOpen, setOpen] = useState(false);
  const { set } = useAddress();
  const send = useRepeatable((ids: readonly string[], attempt: string) => deployCertificate(certificateId, ids, attempt));
  const close = () => setOpen(false);
  const deploy = useAction({
    run: async () => {
      const started = await send([targetId]);
      if (started.job_ids[0] !== undefined) set({ open: started.job_ids[0] }, PUSH);
      return started;
    },
    title: () => "1 deployment requested",
    onDone: close,
  });
  return (
    <>
      <Button size="compact-sm" onClick={() => setOpen(true)}>
        Deploy again
      </Button>
      <ConfirmModal
        title="Deploy again?"
        action="Deploy"
        opened={isOpen}
        onClose={close}
        onConfirm={() => deploy.mutate(undefined)}
        isBusy={deploy.isPending}
        error={deploy.error}
      >
        <Text size="sm" component="div">
          A new job deploys the certificate&apos;s current version to <CatalogLink kind="targets" id={targetId} isInText />.
        </Text>
      </ConfirmModal>
    </>
  );
}
