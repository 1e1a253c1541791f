import { Button, Group, Progress, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { Card } from "../../components/Card";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import layout from "../../components/layout.module.css";
import { Refusal } from "../../components/Refusal";
import { counted } from "../../components/words/count";
import { DropFiles } from "./DropFiles";
import { FoundFiles } from "./FoundFiles";
import { OutcomeCard } from "./OutcomeCard";
import { type Found, useFiles } from "./useFiles";
import { useImport } from "./useImport";

/** Files with certificates, and then what became of them. */
export function FilesCard() {
  const files = useFiles();
  const sending = useImport();
  const startAgain = () => {
    files.clear();
    sending.reset();
  };
  if (sending.data !== undefined) return <OutcomeCard outcome={sending.data} onAgain={startAgain} />;
  return (
    <Card title="Drop files" description="Private keys in them are recognized in the browser, and not sent.">
      <Form files={files} sending={sending} />
    </Card>
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
