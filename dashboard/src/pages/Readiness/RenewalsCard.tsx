import type { Readiness, Renewer } from "../../api/inventoryReports";
import { listOf } from "../../api/paging";
import { Card } from "../../components/Card";
import { type Column, DataTable } from "../../components/DataTable";
import { dayOf } from "../../components/Time";
import { RENEWERS } from "../../components/words/traits";

type Row = Readiness["renewals"][number];

const number = (count: number) => count.toLocaleString("en");

const COLUMNS: readonly Column<Row>[] = [
  { id: "limit", title: "Longest lifetime", cell: (row) => limitWords(row) },
  { id: "year", title: "Renewals", width: "96px", align: "right", cell: ({ a_year }) => number(a_year) },
  byWhom("managed", { hideWhenNarrow: true }),
  byWhom("program", { hideWhenNarrow: true }),
  byWhom("nobody", {}),
];

function byWhom(renewer: Renewer, options: Partial<Column<Row>>): Column<Row> {
  return { id: renewer, title: RENEWERS[renewer], width: "120px", align: "right", cell: (row) => number(row[renewer]), ...options };
}

function limitWords({ limit_days, since }: Row): string {
  if (limit_days === null) return "As today";
  return since === null ? `${limit_days} days` : `${limit_days} days, from ${dayOf(`${since}T00:00:00Z`, "UTC")}`;
}

/** Renewals a year by the lifetimes of today and of the coming limits. */
export function RenewalsCard({ report: { public: publicCount, unverified, renewals } }: { report: Readiness }) {
  return (
    <Card
      title="Renewals a year"
      description={`Of ${number(publicCount)} with a verified path to public roots: the limits hold for these. No path was verified for ${number(unverified)}.`}
      flush
    >
      <DataTable
        list={listOf(renewals)}
        columns={COLUMNS}
        rowKey={({ limit_days }) => String(limit_days)}
        what="renewals a year"
        rowHeight={44}
        empty={null}
      />
    </Card>
  );
}
