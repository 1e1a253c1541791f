import { Alert, Button, Group, Modal, Progress as Bar, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { messageOf } from "../../api/errors";
import { notificationKeys } from "../../api/notifications";
import { type Progress, type Step, useBulk } from "./bulk";

interface BulkModalProps<Rest> {
  title: string;
  onClose: () => void;
  steps: (from: Rest | null) => AsyncGenerator<Step<Rest>>;
  /** Their number, null if unknown. */
  total: number | null;
  /** What became of them, shown at the end. */
  result: ReactNode;
  children: ReactNode;
}

/** Asks, does it step by step, says how far it is. It cannot be closed while it works, but be stopped. */
export function BulkModal<Rest>({ title, onClose, steps, total, result, children }: BulkModalProps<Rest>) {
  const queries = useQueryClient();
  const { progress, start, stop } = useBulk(steps, () => void queries.invalidateQueries({ queryKey: notificationKeys.all }));
  const { phase, rest, error } = progress;
  const mayClose = phase !== "running";
  return (
    <Modal opened onClose={onClose} title={title} withCloseButton={false} closeOnEscape={mayClose} closeOnClickOutside={mayClose}>
      <Stack>
        {phase === "idle" ? children : <HowFar progress={progress} total={total} />}
        {phase === "done" && progress.requeued > 0 && result}
        {error !== null && (
          <Alert color="red" role="alert">
            {messageOf(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          {mayClose && (
            <Button variant="default" onClick={onClose}>
              {phase === "idle" ? "Cancel" : "Close"}
            </Button>
          )}
          <NextStep phase={phase} onStart={() => void start(null)} onGoOn={() => void start(rest)} onStop={stop} />
        </Group>
      </Stack>
    </Modal>
  );
}

interface NextStepProps {
  phase: Progress<unknown>["phase"];
  onStart: () => void;
  onGoOn: () => void;
  onStop: () => void;
}

function NextStep({ phase, onStart, onGoOn, onStop }: NextStepProps) {
  switch (phase) {
    case "idle":
      return (
        <Button onClick={onStart} data-autofocus>
          Requeue
        </Button>
      );
    case "running":
      return (
        <Button variant="default" onClick={onStop}>
          Stop
        </Button>
      );
    case "stopped":
    case "failed":
      return <Button onClick={onGoOn}>Continue</Button>;
    case "done":
      return null;
  }
}

const ENDINGS = { idle: "", running: "so far", stopped: "before it was stopped", failed: "before it failed", done: "in all" };

function HowFar<Rest>({ progress, total }: { progress: Progress<Rest>; total: number | null }) {
  const { phase, requeued, refused } = progress;
  const isUnknown = phase === "running" && total === null;
  const share = phase === "done" ? 100 : percent(requeued + refused, total);
  const changed = refused === 0 ? "" : ` ${refused.toLocaleString("en")} had changed and were skipped.`;
  return (
    <Stack gap="xs">
      <Bar value={isUnknown ? 100 : share} animated={phase === "running"} striped={isUnknown} aria-label="Progress" />
      <Text size="sm" role="status">
        {requeued.toLocaleString("en")} requeued {ENDINGS[phase]}.{changed}
      </Text>
    </Stack>
  );
}

function percent(done: number, total: number | null): number {
  return total === null || total === 0 ? 0 : Math.min(100, (100 * done) / total);
}
