import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { type Certificate, type CertificateFilters, listCertificates } from "../../api/certificates";
import { messageOf } from "../../api/errors";
import { MOST_ROWS_A_PAGE } from "../../api/everyRow";
import { CERTIFICATE_COLUMNS, saveCsv } from "../../components/certificateCsv";
import { Icon } from "../../components/Icon";
import { counted } from "../../components/words/count";

type State =
  | { kind: "idle" }
  | { kind: "reading"; count: number; stop: AbortController }
  | { kind: "saved"; count: number; isIncomplete: boolean }
  | { kind: "failed"; message: string };

const IDLE: State = { kind: "idle" };

/** All that the filters find, page by page, whether the table has it or not. */
async function readAll(query: CertificateFilters, signal: AbortSignal, onRead: (count: number) => void) {
  const byId = new Map<string, Certificate>();
  let isIncomplete = false;
  let cursor: string | undefined;
  do {
    const page = await listCertificates(query, { cursor, signal }, MOST_ROWS_A_PAGE);
    for (const row of page.data) byId.set(row.id, row);
    isIncomplete ||= page.incomplete === true;
    cursor = page.next_cursor ?? undefined;
    onRead(byId.size);
  } while (cursor !== undefined);
  return { rows: [...byId.values()], isIncomplete };
}

export function ExportCsv({ query }: { query: CertificateFilters }) {
  const [state, setState] = useState<State>(IDLE);
  const start = async () => {
    const stop = new AbortController();
    setState({ kind: "reading", count: 0, stop });
    try {
      const { rows, isIncomplete } = await readAll(query, stop.signal, (count) => setState({ kind: "reading", count, stop }));
      saveCsv("certificates", CERTIFICATE_COLUMNS, rows);
      setState({ kind: "saved", count: rows.length, isIncomplete });
    } catch (error) {
      setState(stop.signal.aborted ? IDLE : { kind: "failed", message: messageOf(error) });
    }
  };
  const close = () => {
    if (state.kind === "reading") state.stop.abort();
    setState(IDLE);
  };
  return (
    <>
      <Button variant="default" size="compact-sm" leftSection={<Icon name="download" size={15} />} onClick={() => void start()}>
        Export CSV
      </Button>
      <Modal opened={state.kind !== "idle"} onClose={close} title="Export CSV">
        <Stack>
          <Text size="sm" role="status">
            {inWords(state)}
          </Text>
          <Group justify="flex-end">
            {state.kind === "failed" && <Button onClick={() => void start()}>Try again</Button>}
            <Button variant="default" onClick={close} data-autofocus>
              {state.kind === "reading" ? "Cancel" : "Close"}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function inWords(state: State): string {
  if (state.kind === "reading") return `Loading all that match: ${counted(state.count, "certificates")} so far…`;
  if (state.kind === "saved")
    return `The file has ${counted(state.count, "certificates")}.${state.isIncomplete ? " Older certificates are still being indexed: some may be missing." : ""}`;
  return state.kind === "failed" ? `Nothing was saved. ${state.message}` : "";
}
