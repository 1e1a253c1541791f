import { Alert, Button, Code, Group, Modal, Progress, SegmentedControl, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";

import type { AuditFilters } from "../../api/audit";
import { messageOf } from "../../api/errors";
import { Icon } from "../../components/Icon";
import { useCan } from "../../components/session";
import { saveFile } from "../../components/saveFile";
import { exactTime } from "../../components/Time";
import { MOST_CSV_EVENTS, readCsvPart } from "./eventCsv";
import { readSealedPart } from "./exportPart";
import { type ExportForm, type ExportProgress, useExport } from "./useExport";

interface ExportModalProps {
  filters: AuditFilters;
  opened: boolean;
  onClose: () => void;
}

/** Closing it ends the export: while that would lose events, only its own button closes it. */
export function ExportModal({ filters, opened, onClose }: ExportModalProps) {
  const [isAtStake, setAtStake] = useState(false);
  const maySeal = useCan("audit:export");
  const [chosen, choose] = useState<FormName>("csv");
  const form = maySeal ? chosen : "csv";
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Export audit events"
      withCloseButton={!isAtStake}
      closeOnEscape={!isAtStake}
      closeOnClickOutside={!isAtStake}
    >
      {maySeal && (
        <SegmentedControl
          aria-label="Form of the file"
          fullWidth
          mb="sm"
          data={FORMS}
          value={form}
          onChange={(value) => choose(value)}
          disabled={isAtStake}
        />
      )}
      {/* Each form has a progress of its own. */}
      <Content key={form} form={form} filters={filters} onClose={onClose} onAtStake={setAtStake} />
    </Modal>
  );
}

type FormName = "csv" | "jsonl";

const FORMS: { value: FormName; label: string }[] = [
  { value: "csv", label: "CSV for a spreadsheet" },
  { value: "jsonl", label: "JSON Lines with proofs" },
];

const EXPORTS: Record<FormName, ExportForm> = {
  csv: { read: readCsvPart, mostEvents: MOST_CSV_EVENTS, save: saverOf("csv", "text/csv;charset=utf-8") },
  jsonl: { read: readSealedPart, mostEvents: Infinity, save: saverOf("jsonl", "application/jsonl") },
};

function saverOf(extension: string, type: string) {
  return (parts: readonly string[]) => {
    const day = new Date().toISOString().slice(0, 10);
    saveFile(`certctl-audit-${day}.${extension}`, parts, type);
  };
}

const START_LABELS = { idle: "Export", reading: "Exporting", failed: "Continue", done: "Save again" } as const;

const ABOUT: Record<FormName, string> = {
  csv: `each in a sentence, with names and fields; at most ${MOST_CSV_EVENTS.toLocaleString("en")}.`,
  jsonl: "each as stored, with the proof that a seal includes it.",
};

interface ContentProps {
  form: FormName;
  filters: AuditFilters;
  onClose: () => void;
  /** Whether events are loaded, or being loaded, that are not saved. */
  onAtStake: (isAtStake: boolean) => void;
}

function Content({ form, filters, onClose, onAtStake }: ContentProps) {
  const { progress, start, save: saveAgain } = useExport(filters, EXPORTS[form]);
  const { phase, error, events } = progress;
  const isAtStake = phase === "reading" || (phase === "failed" && events > 0);
  useEffect(() => {
    onAtStake(isAtStake);
    return () => onAtStake(false);
  }, [isAtStake, onAtStake]);
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Stack>
      <Text size="sm">
        {isFiltered ? "The events that match the filters" : "All events"}, newest first: {ABOUT[form]}
      </Text>
      {phase !== "idle" && <ProgressView progress={progress} />}
      {error !== null && (
        <Alert color="red" role="alert" title="The export stopped">
          {messageOf(error)} Loaded events are kept: continue, or save them now.
        </Alert>
      )}
      {progress.isCut && (
        <Alert color="yellow" title={`The file has the newest ${progress.events.toLocaleString("en")} events`}>
          Older ones are left out. Choose a time or another filter for them, or use <Code>certctl audit list --all -o csv</Code>.
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        To prove that nothing was changed or left out, export with <Code>certctl audit export</Code> and check with{" "}
        <Code>certctl audit verify</Code>.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {phase === "reading" ? "Cancel" : "Close"}
        </Button>
        {phase === "failed" && events > 0 && (
          <Button variant="default" onClick={saveAgain}>
            Save loaded events
          </Button>
        )}
        <Button
          leftSection={<Icon name="download" size={15} />}
          loading={phase === "reading"}
          onClick={() => (phase === "done" ? saveAgain() : void start())}
        >
          {START_LABELS[phase]}
        </Button>
      </Group>
    </Stack>
  );
}

function ProgressView({ progress: { phase, events, bytes, reached } }: { progress: ExportProgress }) {
  const isReading = phase === "reading";
  return (
    <div>
      {/* How many there are in all, nobody knows before the end. */}
      <Progress value={100} animated={isReading} color={phase === "failed" ? "red" : "brand"} aria-label="Export" />
      <Text size="sm" mt={6} role="status">
        {events.toLocaleString("en")} events, {size(bytes)}
        {phase === "done" && ". The file is in your downloads."}
        {phase !== "done" && reached !== null && `, back to ${exactTime(reached)}`}
      </Text>
    </div>
  );
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
