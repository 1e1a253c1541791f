import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";

import { type StatusCount, useStatusCounts } from "../../api/stats";
import { Can } from "../../components/session";
import { Card } from "../../components/Card";
import { ChartFigure } from "../../components/charts/ChartFigure";
import { Donut } from "../../components/charts/Donut";
import { Empty, QueryView } from "../../components/states";
import { labelOf } from "../../components/StatusBadge";
import { counted } from "../../components/words/count";
import classes from "./StatusCard.module.css";

const SIZE = 168;

/** Each status its own colour, so that no two segments look alike. */
const COLORS: Record<string, string> = {
  Active: "var(--chart-ok)",
  Expiring: "var(--chart-warn)",
  Expired: "var(--chart-expired)",
  Pending: "var(--chart-busy)",
  RenewalInProgress: "var(--chart-renewing)",
  Failed: "var(--chart-failed)",
  Revoked: "var(--chart-bad)",
  OnHold: "var(--chart-hold)",
  Archived: "var(--chart-idle)",
};

export function StatusCard() {
  const query = useStatusCounts();
  return (
    <Card title="Status" description="All certificates by status.">
      <QueryView query={query} what="the statuses">
        {(counts) => <Statuses counts={counts.filter(({ count }) => count > 0)} />}
      </QueryView>
    </Card>
  );
}

function Statuses({ counts }: { counts: readonly StatusCount[] }) {
  const go = useNavigate();
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return <NoCertificates />;
  const sorted = counts.toSorted((a, b) => b.count - a.count);
  return (
    <div className={classes.status}>
      <div className={classes.donut}>
        <ChartFigure
          summary={`${counted(total, "certificates")} by status.`}
          columns={["Status", "Certificates"]}
          rows={sorted.map(({ status, count }) => [labelOf(status), count])}
          height={SIZE}
        >
          <Donut
            size={SIZE}
            data={sorted.map(({ status, count }) => ({ label: labelOf(status), value: count, color: colorOf(status) }))}
            label={total.toLocaleString("en")}
            onPick={(index) => void go(listOf(sorted[index]?.status ?? ""))}
          />
        </ChartFigure>
      </div>
      <Legend counts={sorted} />
    </div>
  );
}

function listOf(status: string): string {
  return `/certificates?status=${status}`;
}

function colorOf(status: string): string {
  return COLORS[status] ?? "var(--chart-idle)";
}

function NoCertificates() {
  return (
    <Empty
      title="No certificates yet"
      icon="certificate"
      action={
        <Can permission="certificates:write">
          <Button component={Link} to="/certificates/new" size="xs" variant="default" mt={8}>
            New certificate
          </Button>
        </Can>
      }
    />
  );
}

function Legend({ counts }: { counts: readonly StatusCount[] }) {
  return (
    <ul className={classes.legend} aria-label="Certificates by status">
      {counts.map(({ status, count }) => (
        <li key={status}>
          <Link to={listOf(status)} className={classes.entry}>
            <span className={classes.swatch} style={{ background: colorOf(status) }} />
            <span className={classes.name}>{labelOf(status)}</span> <span className={classes.count}>{count.toLocaleString("en")}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
