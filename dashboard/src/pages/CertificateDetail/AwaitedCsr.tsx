import { Alert, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Certificate } from "../../api/certificates";
import { getJob, type Job, jobKeys } from "../../api/jobs";
import { Can } from "../../app/session";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { Time } from "../../components/Time";
import { CsrModal } from "./RenewModal";

const WATCH_MS = 5_000;
const WAITS_HOURS = 24;

function deadline({ created_at }: Job): string {
  return new Date(Date.parse(created_at) + WAITS_HOURS * 3_600_000).toISOString();
}

/** Says so where a job waits for a signing request, and takes it. */
export function AwaitedCsr({ certificate }: { certificate: Certificate }) {
  const jobId = certificate.open_job_id;
  const { data: job } = useQuery({
    queryKey: jobKeys.one(jobId ?? ""),
    queryFn: ({ signal }) => getJob(jobId ?? "", signal),
    enabled: jobId !== null,
    refetchInterval: WATCH_MS,
  });
  const [isOpen, setOpen] = useState(false);
  if (jobId === null || job?.status !== "AwaitingCSR") return null;
  return (
    <>
      <Alert color="blue" title="A job waits for the signing request">
        <Group justify="space-between">
          <Text size="sm">
            The {job.type.toLowerCase()} goes on once it has it, and ends without it <Time at={deadline(job)} />.
            {job.agent_id !== null && (
              <>
                {" "}
                The agent <CatalogLink kind="agents" id={job.agent_id} isInText /> makes the key and sends it.
              </>
            )}
          </Text>
          {job.agent_id === null && (
            <Can permission="certificates:submit-csr">
              <Button size="xs" onClick={() => setOpen(true)}>
                Send a request
              </Button>
            </Can>
          )}
        </Group>
      </Alert>
      {isOpen && <CsrModal certificate={certificate} opened onClose={() => setOpen(false)} />}
    </>
  );
}
