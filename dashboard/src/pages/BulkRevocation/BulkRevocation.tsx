import { Alert, Button, Group, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "react-router";

import { startRevocation } from "../../api/bulkRevocation";
import type { Certificate, WantedRevocation } from "../../api/certificates";
import { useRepeatable } from "../../api/repeatable";
import { useAddress } from "../../components/address";
import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Icon } from "../../components/Icon";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { Impact } from "../../components/revocation/Impact";
import { isTicket, withTicket } from "../../components/revocation/ticket";
import { TicketInput } from "../../components/revocation/TicketInput";
import { Empty } from "../../components/states";
import { counted } from "../../components/words/count";
import { reasonLabel, REASONS } from "../CertificateDetail/reasons";
import { type Choice, choiceIn, idsIn, inWords } from "./choice";
import { Preview, usePreview } from "./Preview";
import { Progress } from "./Progress";

/** Which job it has become stands in the address: its progress survives a reload. */
export default function BulkRevocation() {
  const { parameters } = useAddress();
  const location = useLocation();
  const jobId = parameters.get("job");
  const choice = choiceIn(parameters, idsIn(location.state));
  return (
    <>
      <PageHeader
        title="Revoke certificates in bulk"
        above={<BackLink to="/certificates">Certificates</BackLink>}
        description={choice === null || jobId !== null ? undefined : inWords(choice)}
      />
      {jobId !== null && <Progress jobId={jobId} />}
      {jobId === null && (choice === null ? <NoChoice /> : <Question choice={choice} />)}
    </>
  );
}

function NoChoice() {
  return (
    <Card>
      <Empty title="No certificates selected" icon="filter">
        In the certificate list, select rows, or filter by team, owner, issuer or profile. Then choose Revoke from the bulk actions.
      </Empty>
    </Card>
  );
}

function Question({ choice }: { choice: Choice }) {
  const [reason, setReason] = useState<string | null>(null);
  const [ticket, setTicket] = useState("");
  const [isAsking, asking] = useDisclosure(false);
  const preview = usePreview(choice);
  const start = useStart(choice);
  const count = preview.rows.length;
  const close = () => {
    start.reset();
    asking.close();
  };
  return (
    <div className={layout.stack}>
      <Card title="Reason" description="The CRL lists each certificate with this reason.">
        <Radio.Group aria-label="Reason" value={reason} onChange={setReason}>
          <div className={layout.fields}>
            {REASONS.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </div>
        </Radio.Group>
      </Card>
      <Group justify="flex-end">
        <Text size="sm" c="dimmed">
          {hintFor(reason, preview.isComplete)}
        </Text>
        <Button
          color="red"
          leftSection={<Icon name="ban" size={15} />}
          disabled={reason === null || !preview.isComplete || count === 0}
          onClick={asking.open}
        >
          Revoke {preview.isComplete ? count.toLocaleString("en") : ""}
        </Button>
      </Group>
      <Preview preview={preview} />
      <ConfirmModal
        title={`Revoke ${counted(count, "certificates")}?`}
        action="Revoke certificates"
        opened={isAsking}
        onClose={close}
        onConfirm={() => reason !== null && start.mutate({ reason, ...withTicket(ticket) })}
        isBusy={start.isPending}
        error={start.error}
        isDangerous
        isDisabled={!isTicket(ticket)}
        typed={`revoke ${count}`}
      >
        <Stack gap="xs">
          <Alert color="red">This cannot be undone.</Alert>
          <Text size="sm">
            {inWords(choice)}. Reason: {reasonLabel(reason ?? "")}. Certificates that match when the job reaches them are revoked one after
            another.
          </Text>
          <Impact lines={impactOf(preview.rows)} />
          <TicketInput value={ticket} onChange={setTicket} />
        </Stack>
      </ConfirmModal>
    </div>
  );
}

/** Owners and teams: the alert of each certificate goes to the channels of its own. */
export function impactOf(rows: readonly Certificate[]): string[] {
  const distinct = (of: (row: Certificate) => readonly string[]) => new Set(rows.flatMap(of)).size;
  const unserved = rows.filter(({ target_ids }) => target_ids.length === 0).length;
  const [owners, teams] = [distinct((row) => [row.owner_id]), distinct((row) => [row.team_id])];
  return [
    `${counted(rows.length, "certificates")} with all their valid versions.`,
    `${counted(
      distinct(({ target_ids }) => target_ids),
      "targets",
    )}: clients refuse what they serve.`,
    ...(unserved > 0 ? [`${counted(unserved, "certificates")} on no target that is known here.`] : []),
    `Alerts for ${counted(owners, "owners")} in ${counted(teams, "teams")}; many at once are folded into one message.`,
    "Relying parties read it in the CRL within a minute of each revocation.",
  ];
}

function hintFor(reason: string | null, isComplete: boolean): string {
  if (!isComplete) return "Wait until all certificates are found.";
  return reason === null ? "Choose a reason." : "";
}

function useStart(choice: Choice) {
  const { replaceAll } = useAddress();
  const send = useRepeatable(startRevocation);
  return useMutation({
    mutationFn: (wanted: WantedRevocation) => send({ ...choice, ...wanted }),
    onSuccess: (job) => replaceAll({ job }),
  });
}
