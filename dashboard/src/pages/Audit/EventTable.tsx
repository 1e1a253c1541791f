import type { AuditEvent } from "../../api/audit";
import type { List } from "../../api/paging";
import { type Column, DataTable } from "../../components/DataTable";
import { useIsNarrow } from "../../components/narrow";
import { RowOpener } from "../../components/RowLink";
import { StatusBadge, type Tone } from "../../components/StatusBadge";
import { Empty, ShowAll } from "../../components/states";
import { Time } from "../../components/Time";
import classes from "./Audit.module.css";
import type { AuditView } from "./filters";
import { credentialText, inWords, statusOf } from "./events";

interface EventTableProps {
  list: List<AuditEvent>;
  /** Null without filters. */
  onClear: (() => void) | null;
  view: AuditView;
}

const NOTHING_YET: Record<AuditView, string> = {
  changes: "Every change will be listed here.",
  sessions: "Every sign-in, session and exchanged token will be listed here.",
  calls: "Every call of the API will be listed here.",
  all: "Every change, sign-in and call of the API will be listed here.",
};

export function EventTable({ list, onClear, view }: EventTableProps) {
  const hasCalls = view === "calls" || view === "all";
  const isNarrow = useIsNarrow();
  return (
    <DataTable
      // Rows of another height are measured again.
      key={String(isNarrow)}
      list={list}
      columns={hasCalls ? COLUMNS : COLUMNS.filter(({ id }) => id !== RESULT)}
      rowKey={(event) => event.id}
      what="audit events"
      rowHeight={isNarrow ? ROW_HEIGHT.narrow : ROW_HEIGHT.wide}
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
/** In pixels; on a phone a sentence has up to three lines, for it says who did what to which. */
const ROW_HEIGHT = { wide: 56, narrow: 104 };

const COLUMNS: Column<AuditEvent>[] = [
  { id: "event", title: "Event", cell: (event) => <EventLink event={event} /> },
  { id: RESULT, title: "Result", width: "90px", hideWhenNarrow: true, cell: (event) => <Result status={statusOf(event)} /> },
  { id: "when", title: "When", width: "144px", hideWhenNarrow: true, cell: (event) => <Time at={event.timestamp} /> },
];

function EventLink({ event }: { event: AuditEvent }) {
  const about = [inWords(event.action), event.actor_type, credentialText(event)].filter((part) => part !== null);
  const isNarrow = useIsNarrow();
  const below = (
    <>
      {isNarrow && (
        <>
          <Time at={event.timestamp} /> ·{" "}
        </>
      )}
      {about.join(" · ")}
    </>
  );
  return (
    <div className={classes.event}>
      <RowOpener id={event.id} parameter="event" title={event.sentence} below={below} />
    </div>
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
