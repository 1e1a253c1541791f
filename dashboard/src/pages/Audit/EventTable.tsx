import { Text } from "@mantine/core";

import type { AuditEvent } from "../../api/audit";
import type { List } from "../../api/paging";
import { useActorNames } from "../../components/actors";
import { type Column, DataTable } from "../../components/DataTable";
import { RowOpener } from "../../components/RowLink";
import { StatusBadge, type Tone } from "../../components/StatusBadge";
import { Empty, ShowAll } from "../../components/states";
import { Time } from "../../components/Time";
import type { AuditView } from "./filters";
import { credentialOf, inWords, statusOf, titleOf } from "./events";

interface EventTableProps {
  list: List<AuditEvent>;
  /** Null without filters. */
  onClear: (() => void) | null;
  view: AuditView;
}

const NOTHING_YET: Record<AuditView, string> = {
  changes: "Every change will be listed here.",
  calls: "Every call of the API will be listed here.",
  all: "Every change and every call of the API will be listed here.",
};

export function EventTable({ list, onClear, view }: EventTableProps) {
  return (
    <DataTable
      list={list}
      columns={view === "changes" ? COLUMNS.filter(({ id }) => id !== RESULT) : COLUMNS}
      rowKey={(event) => event.id}
      what="audit events"
      empty={
        onClear === null ? (
          <Empty title="No events yet" icon="audit">
            {NOTHING_YET[view]}
          </Empty>
        ) : (
          <NoMatch onClear={onClear} />
        )
      }
    />
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <Empty title="No matching events" icon="audit" action={<ShowAll onClick={onClear} />}>
      Filters match exactly: check the spelling, or remove one. Events that your role cannot view are not listed.
    </Empty>
  );
}

/** Only calls have one. */
const RESULT = "result";

const COLUMNS: Column<AuditEvent>[] = [
  { id: "event", title: "Event", cell: (event) => <EventLink event={event} /> },
  { id: RESULT, title: "Result", width: "90px", hideWhenNarrow: true, cell: (event) => <Result status={statusOf(event)} /> },
  { id: "actor", title: "Actor", width: "28%", hideWhenNarrow: true, cell: (event) => <Actor event={event} /> },
  { id: "when", title: "When", width: "144px", cell: (event) => <Time at={event.timestamp} /> },
];

function EventLink({ event }: { event: AuditEvent }) {
  const about = statusOf(event) === null ? `${inWords(event.resource_type)} ${event.resource_id}` : "API call";
  return <RowOpener id={event.id} parameter="event" title={titleOf(event)} below={about} />;
}

function Actor({ event }: { event: AuditEvent }) {
  const nameOf = useActorNames();
  const credential = credentialOf(event);
  return (
    <>
      <Text size="sm" truncate title={event.actor}>
        {nameOf(event.actor)}
      </Text>
      <Text size="xs" c="dimmed" truncate title={credential?.id}>
        {credential === null ? event.actor_type : `${event.actor_type} · ${credential.kind} ${nameOf(credential.id)}`}
      </Text>
    </>
  );
}

function Result({ status }: { status: number | null }) {
  if (status === null) return <span>–</span>;
  return <StatusBadge status={String(status)} tone={toneOf(status)} />;
}

function toneOf(status: number): Tone {
  if (status >= 500) return "bad";
  return status >= 400 ? "warn" : "ok";
}
