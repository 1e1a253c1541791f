import { Alert, Button, Code, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";

import type { AuditFilters } from "../../api/audit";
import { messageOf } from "../../api/errors";
import { Icon } from "../../components/Icon";
import { saveFile } from "../../components/saveFile";
import { exactTime } from "../../components/Time";
import { type ExportProgress, useExport } from "./useExport";

interface ExportModalProps {
  filters: AuditFilters;
  opened: boolean;
  onClose: () => void;
}

/** Closing it ends the export: while that would lose events, only its own button closes it. */
export function ExportModal({ filters, opened, onClose }: ExportModalProps) {
  const [isAtStake, setAtStake] = useState(false);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Export audit events"
      withCloseButton={!isAtStake}
      closeOnEscape={!isAtStake}
      closeOnClickOutside={!isAtStake}
    >
      <Content filters={filters} onClose={onClose} onAtStake={setAtStake} />
    </Modal>
  );
}

function save(parts: readonly string[]): void {
  const day = new Date().toISOString().slice(0, 10);
  saveFile(`certctl-audit-${day}.jsonl`, parts, "application/jsonl");
}

const START_LABELS = { idle: "Export", reading: "Exporting", failed: "Continue", done: "Save again" } as const;

interface ContentProps {
  filters: AuditFilters;
  onClose: () => void;
  /** Whether events are loaded, or being loaded, that are not saved. */
  onAtStake: (isAtStake: boolean) => void;
}

function Content({ filters, onClose, onAtStake }: ContentProps) {
  const { progress, start, save: saveAgain } = useExport(filters, save);
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
        {isFiltered ? "The events that match the filters" : "All events"}, newest first, as JSON Lines: each event as stored, with the proof
        that a seal includes it.
      </Text>
      {phase !== "idle" && <ProgressView progress={progress} />}
      {error !== null && (
        <Alert color="red" role="alert" title="The export stopped">
          {messageOf(error)} Loaded events are kept: continue, or save them now.
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
