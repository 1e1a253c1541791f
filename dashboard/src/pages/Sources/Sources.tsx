import { Text } from "@mantine/core";

import { useNames } from "../../api/names";
import { useList } from "../../api/paging";
import { SLOW_POLL_MS } from "../../api/polling";
import { listSources, sourceKeys } from "../../api/sources";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { type Column, DataTable } from "../../components/DataTable";
import { PageHeader } from "../../components/PageHeader";
import { Empty } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import { everyWords, keyOf, KINDS, rowsOf, type ScopeRow, stateOf } from "./rows";

/** Who reports certificates, what each report covers, and how old the last one is. */
export default function Sources() {
  const list = useList(sourceKeys.list, async (page) => rowsOf(await listSources(page)), { refetchInterval: SLOW_POLL_MS });
  const silent = list.rows.filter(({ scope }) => scope?.is_silent).length;
  return (
    <>
      <PageHeader
        title="Sources"
        description="Who reports certificates and how old the last report is. What a silent source had found stays in the inventory."
        docs="sources"
      />
      {silent > 0 && (
        <Text size="sm" c="var(--bad)" role="status" mb="md">
          {counted(silent, "scopes")} silent: no report came for three intervals.
        </Text>
      )}
      <Card flush>
        <DataTable list={list} columns={COLUMNS} rowKey={keyOf} what="scopes" empty={<NothingYet />} rowHeight={64} />
      </Card>
    </>
  );
}

const COLUMNS: readonly Column<ScopeRow>[] = [
  { id: "scope", title: "Scope", cell: (row) => <Name row={row} /> },
  { id: "kind", title: "Kind", width: "130px", hideWhenNarrow: true, cell: ({ source }) => KINDS[source.kind] },
  { id: "state", title: "Reports", width: "26%", cell: (row) => <State row={row} /> },
  { id: "seen", title: "Last report", width: "150px", cell: ({ scope }) => <Time at={scope?.last_seen_at ?? null} none="Never" /> },
  {
    id: "places",
    title: "Places",
    width: "84px",
    align: "right",
    hideWhenNarrow: true,
    cell: ({ scope }) => (scope?.places ?? 0).toLocaleString("en"),
  },
  {
    id: "team",
    title: "Team",
    width: "150px",
    hideWhenNarrow: true,
    hideWhenCramped: true,
    cell: ({ source, scope }) => <CatalogLink kind="teams" id={scope?.team_id ?? source.team_id} />,
  },
];

function Name({ row: { source, scope } }: { row: ScopeRow }) {
  const agentName = useNames("agents");
  const label = scope?.label ?? "";
  const name = source.kind === "agent" ? agentName(source.name) : source.name;
  return (
    <>
      <Text size="sm" fw={600} truncate>
        <bdi>{label === "" ? name : label}</bdi>
      </Text>
      <Text size="xs" c="dimmed" truncate>
        <bdi>{label === "" ? KINDS[source.kind] : name}</bdi>
        {scope?.interval_seconds != null && `, ${everyWords(scope.interval_seconds)}`}
      </Text>
    </>
  );
}

function State({ row: { scope } }: { row: ScopeRow }) {
  const { label, tone, note } = stateOf(scope);
  return (
    <>
      <StatusBadge status={label} label={label} tone={tone} />
      {note !== "" && (
        <Text size="xs" c="dimmed" truncate title={note}>
          {scope?.failing_since != null && (
            <>
              Since <Time at={scope.failing_since} />:{" "}
            </>
          )}
          {note}
        </Text>
      )}
    </>
  );
}

function NothingYet() {
  return (
    <Empty title="No sources yet" icon="search">
      An import, an agent that probes and the public prober are sources, and so is the AWS account of this stack.
    </Empty>
  );
}
