import { Anchor, Button, SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { useList } from "../../../api/paging";
import { listViolations, type Violation, violationKeys, type WantedViolations } from "../../../api/violations";
import { Card } from "../../../components/Card";
import { type Column, DataTable } from "../../../components/DataTable";
import { Empty, Failure, Loading } from "../../../components/states";
import { StatusBadge } from "../../../components/StatusBadge";
import { Time } from "../../../components/Time";
import classes from "../Catalog.module.css";

const REFETCH_MS = 30_000;
const ROW_HEIGHT = 72;

const COLUMNS: readonly Column<Violation>[] = [
  { id: "certificate", title: "Certificate", cell: (row) => <Subject violation={row} /> },
  {
    id: "severity",
    title: "Severity",
    width: "116px",
    sortBy: (row) => row.severity,
    cell: (row) => <StatusBadge status={row.severity} />,
  },
  { id: "state", title: "State", width: "116px", hideWhenNarrow: true, sortBy: (row) => row.state, cell: stateOf },
  {
    id: "policy",
    title: "Policy",
    width: "20%",
    hideWhenNarrow: true,
    sortBy: (row) => row.policy_name,
    cell: (row) => <Policy violation={row} />,
  },
  {
    id: "seen",
    title: "Last seen",
    width: "150px",
    hideWhenNarrow: true,
    sortBy: (row) => row.last_seen_at,
    cell: (row) => <Seen violation={row} />,
  },
];

const STATES = { open: "Open", ended: "Ended", refused: "Refused" } as const;

function stateOf({ state }: Violation): string {
  return STATES[state];
}

const CHOICES = [
  { value: "open", label: "Open" },
  { value: "all", label: "All" },
];

/** Those that stand, or any. */
function StateChoice({ value, onChange }: { value: WantedViolations["state"]; onChange: (state: WantedViolations["state"]) => void }) {
  return (
    <SegmentedControl
      size="xs"
      mb="sm"
      data={CHOICES}
      value={value ?? "all"}
      onChange={(chosen) => onChange(chosen === "open" ? "open" : null)}
      aria-label="Which violations"
    />
  );
}

/** The certificate; of one that was refused there is none, only the name that it was to have. */
function Subject({ violation: { certificate_id, common_name, message } }: { violation: Violation }) {
  return (
    <>
      {certificate_id === null ? (
        <Text size="sm" fw={600} truncate>
          {common_name}
        </Text>
      ) : (
        <Anchor component={Link} to={`/certificates/${certificate_id}`} size="sm" fw={600}>
          {common_name}
        </Anchor>
      )}
      <Text size="xs" c="dimmed" truncate title={message}>
        {message}
      </Text>
    </>
  );
}

function Policy({ violation: { policy_id, policy_name } }: { violation: Violation }) {
  return (
    <Anchor component={Link} to={`/policies?open=${encodeURIComponent(policy_id)}`} size="sm">
      {policy_name}
    </Anchor>
  );
}

function Seen({ violation: { last_seen_at, occurrences } }: { violation: Violation }) {
  return (
    <>
      <Time at={last_seen_at} />
      {occurrences > 1 && (
        <Text size="xs" c="dimmed">
          {occurrences.toLocaleString("en")} times
        </Text>
      )}
    </>
  );
}

/** Of all policies. */
export function ViolationList() {
  const [state, setState] = useState<WantedViolations["state"]>(null);
  const wanted = { policyId: null, state };
  const list = useList(violationKeys.list(wanted), (page) => listViolations(wanted, page), { refetchInterval: REFETCH_MS });
  return (
    <>
      <StateChoice value={state} onChange={setState} />
      <Card flush>
        <DataTable
          list={list}
          columns={COLUMNS}
          rowKey={({ id }) => id}
          what="violations"
          rowHeight={ROW_HEIGHT}
          empty={
            <Empty title="No violations" icon="check">
              All evaluated certificates comply with the policies.
            </Empty>
          }
        />
      </Card>
    </>
  );
}

/** Of one policy, in its drawer. */
export function ViolationsOf({ policyId }: { policyId: string }) {
  const [state, setState] = useState<WantedViolations["state"]>("open");
  const wanted = { policyId, state };
  const list = useList(violationKeys.list(wanted), (page) => listViolations(wanted, page));
  return (
    <section className={classes.drawerSection} aria-label="Violations">
      <h3 className={classes.drawerTitle}>Violations</h3>
      <StateChoice value={state} onChange={setState} />
      {list.isPending && <Loading label="Loading violations" />}
      {list.error !== null && list.rows.length === 0 && (
        <Failure error={list.error} what="its violations" onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && list.rows.length === 0 && (
        <Text size="sm" c="dimmed">
          None.
        </Text>
      )}
      <ul className={classes.links}>
        {list.rows.map((row) => (
          <li key={row.id} className={classes.violation}>
            <Subject violation={row} />
            <Text size="xs" c="dimmed">
              {stateOf(row)} · <Time at={row.ended_at ?? row.last_seen_at} />
              {row.end_reason !== null && `: ${row.end_reason}`}
              {row.occurrences > 1 && ` · ${row.occurrences.toLocaleString("en")} times`}
            </Text>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button mt="sm" size="compact-xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Load more
        </Button>
      )}
    </section>
  );
}
