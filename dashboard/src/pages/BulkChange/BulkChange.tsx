import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useLocation } from "react-router";

import type { Certificate } from "../../api/certificates";
import { useAddress } from "../../components/address";
import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { CERTIFICATE_COLUMNS, saveCsv } from "../../components/certificateCsv";
import { CertificateTable } from "../../components/CertificateTable";
import { ConfirmModal } from "../../components/ConfirmModal";
import type { Column } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { Empty, QueryView } from "../../components/states";
import { counted } from "../../components/words/count";
import { idsIn } from "../BulkRevocation/choice";
import { ACTIONS, EMPTY_INPUT, type BulkInput } from "./actions";
import classes from "./BulkChange.module.css";
import { Options } from "./Options";
import { Results } from "./Results";
import { type ActionName, actionIn, BULK_LIMIT } from "./selected";
import { listOf } from "../../api/paging";
import { useCertificates } from "./useCertificates";
import { useRun } from "./useRun";

/** The action stands in the address, and which certificates in the entry of the browser's history: both survive a
 *  reload, until it has started. */
export default function BulkChange() {
  const { parameters } = useAddress();
  const ids = idsIn(useLocation().state).slice(0, BULK_LIMIT);
  const action = actionIn(parameters);
  const title = action === null || ids.length === 0 ? "Bulk actions" : `${ACTIONS[action].verb} ${counted(ids.length, "certificates")}`;
  return (
    <>
      <PageHeader title={title} above={<BackLink to="/certificates">Certificates</BackLink>} />
      {action === null || ids.length === 0 ? <NoChoice /> : <Chosen action={action} ids={ids} />}
    </>
  );
}

function NoChoice() {
  return (
    <Card>
      <Empty title="No certificates selected" icon="filter">
        Select rows in the certificate list, then choose a bulk action.
      </Empty>
    </Card>
  );
}

function Chosen({ action, ids }: { action: ActionName; ids: readonly string[] }) {
  const query = useCertificates(ids);
  const { run, start } = useRun(ACTIONS[action]);
  if (run !== null) return <Results run={run} action={action} />;
  return (
    <QueryView query={query} what="the certificates">
      {({ rows, missing }) => (
        <Question
          action={action}
          rows={rows}
          missing={missing.length}
          onReload={() => void query.refetch()}
          onStart={(input) => void start(rows, input)}
        />
      )}
    </QueryView>
  );
}

interface QuestionProps {
  action: ActionName;
  rows: readonly Certificate[];
  missing: number;
  onReload: () => void;
  onStart: (input: BulkInput) => void;
}

function Question({ action: name, rows, missing, onReload, onStart }: QuestionProps) {
  const action = ACTIONS[name];
  const [input, setInput] = useState(EMPTY_INPUT);
  const [isAsking, asking] = useDisclosure(false);
  const count = rows.filter((row) => action.whyNot(row, input) === null).length;
  const hint = action.missing(input);
  const title = `${action.verb} ${counted(count, "certificates")}`;
  const isFinal = name === "archive";
  return (
    <div className={layout.stack}>
      <Card title={action.verb === "Edit tags of" ? "Tags" : action.verb}>
        <Options action={name} input={input} rows={rows} onChange={(changes) => setInput((now) => ({ ...now, ...changes }))} />
        <Group justify="flex-end" mt="md">
          <Text size="sm" c="dimmed">
            {hint ?? ""}
          </Text>
          <Button
            color={isFinal ? "red" : "brand"}
            disabled={hint !== null || count === 0}
            onClick={isFinal ? asking.open : () => onStart(input)}
          >
            {title}
          </Button>
        </Group>
      </Card>
      <Preview name={name} input={input} rows={rows} count={count} missing={missing} onReload={onReload} />
      <ConfirmModal
        title={`${title}?`}
        action="Archive certificates"
        opened={isAsking}
        onClose={asking.close}
        onConfirm={() => onStart(input)}
        isBusy={false}
        error={null}
        isDangerous
        typed={`archive ${count}`}
      >
        <Stack gap="xs">
          <Text size="sm">They are no longer renewed and no longer cause alerts. This cannot be undone.</Text>
        </Stack>
      </ConfirmModal>
    </div>
  );
}

interface PreviewProps {
  name: ActionName;
  input: BulkInput;
  rows: readonly Certificate[];
  count: number;
  missing: number;
  onReload: () => void;
}

function Preview({ name, input, rows, count, missing, onReload }: PreviewProps) {
  const { would, whyNot } = ACTIONS[name];
  const leftOut = rows.length - count;
  const words = [
    `${counted(count, "certificates")} ${would}`,
    leftOut > 0 && `${leftOut} left out`,
    missing > 0 && `${missing} no longer found`,
  ]
    .filter(Boolean)
    .join(", ");
  const outcome: Column<Certificate> = {
    id: "outcome",
    title: "Preview",
    width: "230px",
    cell: (row) => whyNot(row, input) ?? ACTIONS[name].verb.replace(" of", ""),
    sortBy: (row) => whyNot(row, input) ?? "",
  };
  return (
    <Card
      title="Preview"
      description="Their current state. Nothing has been changed yet."
      actions={
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={onReload}>
            Refresh preview
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon name="download" size={15} />}
            onClick={() => saveCsv(`${name}-preview`, CERTIFICATE_COLUMNS, rows)}
          >
            Download CSV
          </Button>
        </Group>
      }
      flush
    >
      <Text fw={600} role="status" className={classes.count ?? ""}>
        {words}
      </Text>
      <CertificateTable list={listOf(rows)} more={[outcome]} />
    </Card>
  );
}
