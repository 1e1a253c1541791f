import { Button, Group, Progress, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import { Command } from "../../components/Command";
import { DocsWords } from "../../components/docs/DocsLink";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { Refusal } from "../../components/Refusal";
import { counted } from "../../components/words/count";
import { DropFiles } from "./DropFiles";
import { FoundFiles } from "./FoundFiles";
import { OutcomeCard } from "./OutcomeCard";
import { type Found, useFiles } from "./useFiles";
import { useImport } from "./useImport";

const COMMAND = "certctl inventory import /etc/letsencrypt /etc/ssl";

export default function InventoryImport() {
  const files = useFiles();
  const sending = useImport();
  const startAgain = () => {
    files.clear();
    sending.reset();
  };
  return (
    <>
      <PageHeader
        title="Import certificates"
        above={<BackLink to="/inventory">Inventory</BackLink>}
        description="Certificates that you have, from any issuer. Private keys are not sent."
        docs="importing"
      />
      <div className={layout.stack}>
        {sending.data === undefined ? (
          <Card title="From files">
            <Form files={files} sending={sending} />
          </Card>
        ) : (
          <OutcomeCard outcome={sending.data} onAgain={startAgain} />
        )}
        <CommandCard />
      </div>
    </>
  );
}

interface FormProps {
  files: ReturnType<typeof useFiles>;
  sending: ReturnType<typeof useImport>;
}

function Form({ files: { found, isReading, add, clear }, sending }: FormProps) {
  const [name, setName] = useState("upload");
  const [teamId, setTeamId] = useState("");
  const { isPending, error, mutate, done, reset } = sending;
  // Once something was sent, the same certificates are sent on.
  const isBegun = isPending || done > 0;
  const startAgain = () => {
    clear();
    reset();
  };
  return (
    <Stack>
      {!isBegun && <DropFiles onFiles={(chosen) => void add(chosen)} isBusy={isReading} />}
      <FoundFiles found={found} isReading={isReading} />
      {found.entries.length > 0 && !isBegun && (
        <div className={layout.fields}>
          <TextInput
            label="Where they are from"
            description="A host, for example. Importing again under this name updates its places."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={200}
            required
          />
          <CatalogSelect kind="teams" label="Team" description="Its members see them." value={teamId} onChange={setTeamId} />
        </div>
      )}
      {isBegun && <SentSoFar found={found} done={done} />}
      {error !== null && <Refusal error={error} labels={{ name: "Where they are from" }} />}
      {found.files > 0 && (
        <Group justify="flex-end">
          <Button variant="default" onClick={startAgain} disabled={isPending || isReading}>
            Start again
          </Button>
          <Button
            loading={isPending}
            disabled={isReading || found.entries.length === 0 || name.trim() === ""}
            onClick={() => mutate({ name: name.trim(), teamId, entries: found.entries })}
          >
            {error !== null && done > 0 ? "Continue" : `Import ${counted(found.certificates, "certificates")}`}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function SentSoFar({ found: { entries }, done }: { found: Found; done: number }) {
  return (
    <div>
      <Progress.Root size="lg">
        <Progress.Section value={(done / entries.length) * 100} aria-label="Sent" />
      </Progress.Root>
      <Text size="sm" mt={6} role="status">
        {done.toLocaleString("en")} of {entries.length.toLocaleString("en")} sent
      </Text>
    </div>
  );
}

function CommandCard() {
  return (
    <Card title="From a host" description="The command finds certificates in folders, keystores and dumps of a cluster.">
      <Stack gap="xs">
        <Command text={COMMAND} what="the command" />
        <Text size="sm" c="dimmed">
          It tells who renews them, too: certbot, acme.sh, Caddy, Traefik and others. <DocsWords topic="importing">What is read</DocsWords>{" "}
          has all formats.
        </Text>
      </Stack>
    </Card>
  );
}
