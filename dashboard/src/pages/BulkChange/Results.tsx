import { Button, Group, Progress, Text } from "@mantine/core";

import { listOf } from "../../api/paging";
import { Card } from "../../components/Card";
import { saveCsv } from "../../components/certificateCsv";
import { type Column, DataTable } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import { JobLink } from "../../components/JobLink";
import { RowLink } from "../../components/RowLink";
import { StatusBadge } from "../../components/StatusBadge";
import classes from "./BulkChange.module.css";
import { RESULT_COLUMNS, type Result, tally, useResults } from "./results";
import type { Run } from "./useRun";

const COLUMNS: readonly Column<Result>[] = [
  {
    id: "name",
    title: "Name",
    cell: ({ certificate }) => <RowLink to={`/certificates/${certificate.id}`} title={certificate.name} />,
    sortBy: ({ certificate }) => certificate.name.toLowerCase(),
  },
  {
    id: "result",
    title: "Result",
    width: "170px",
    cell: ({ word, tone }) => <StatusBadge status={word} tone={tone} />,
    sortBy: ({ word }) => word,
  },
  { id: "note", title: "Note", width: "44%", hideWhenNarrow: true, cell: (row) => <Note result={row} /> },
];

function Note({ result: { note, jobId } }: { result: Result }) {
  return (
    <Text size="sm" truncate title={note}>
      {jobId !== null && (
        <JobLink id={jobId} className={classes.above}>
          Job
        </JobLink>
      )}{" "}
      {note}
    </Text>
  );
}

/** Each certificate to its end. */
export function Results({ run, action }: { run: Run; action: string }) {
  const results = useResults(run);
  const ended = results.filter(({ isEnded }) => isEnded).length;
  return (
    <Card
      title="Results"
      description={
        run.isRunning
          ? "Stay on this page until all requests are sent."
          : "All requests are sent. You can leave this page: the jobs continue."
      }
      actions={<Actions run={run} results={results} action={action} />}
      flush
    >
      <div className={classes.progress}>
        <Progress value={results.length === 0 ? 100 : (ended / results.length) * 100} aria-label="Certificates processed" />
        <Text size="sm" fw={600} mt={6} role="status">
          {ended.toLocaleString("en")} of {results.length.toLocaleString("en")} ended: {tally(results)}
        </Text>
      </div>
      <DataTable
        list={listOf(results)}
        columns={COLUMNS}
        rowKey={({ certificate }) => certificate.id}
        rowHeight={44}
        what="results"
        empty={null}
      />
    </Card>
  );
}

function Actions({ run, results, action }: { run: Run; results: readonly Result[]; action: string }) {
  return (
    <Group gap="xs">
      {run.isRunning && (
        <Button size="compact-sm" variant="default" disabled={run.isStopped} onClick={run.stop}>
          {run.isStopped ? "Stopping" : "Stop"}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon name="download" size={15} />}
        onClick={() => saveCsv(`${action}-results`, RESULT_COLUMNS, results)}
      >
        Download results
      </Button>
    </Group>
  );
}
