import { useQuery } from "@tanstack/react-query";

import { type Counted, type InventorySummary, summaryQuery } from "../../api/inventoryReports";
import { Card } from "../../components/Card";
import { Bars } from "../../components/charts/Bars";
import { ChartFigure } from "../../components/charts/ChartFigure";
import { counted } from "../../components/words/count";

type Day = InventorySummary["trend"][number];

const HEIGHT = 220;
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });
const SERIES = [
  { name: "unmanaged", label: "Unmanaged", color: "var(--chart-warn)" },
  { name: "others", label: "Others in use", color: "var(--chart-ok)" },
] as const;

/** The days before; nothing until there are two of them. */
export function TrendCard({ wanted }: { wanted: Counted }) {
  const { data } = useQuery(summaryQuery(wanted));
  const days = data?.trend ?? [];
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  return (
    <Card title="Trend" description="Certificates in use, night by night.">
      <ChartFigure
        summary={`${counted(first.unmanaged, "unmanaged certificates")} on ${first.day}, ${last.unmanaged.toLocaleString("en")} on ${last.day}.`}
        columns={["Day", "In use", "Unmanaged", "Expire in 30 days"]}
        rows={days.map(({ day, in_use, unmanaged, expires_in_30_days }) => [day, in_use, unmanaged, expires_in_30_days])}
        height={HEIGHT}
      >
        <Bars data={days.map(barOf)} series={SERIES} />
      </ChartFigure>
    </Card>
  );
}

function barOf({ day, in_use, unmanaged }: Day) {
  return { label: DAY.format(new Date(`${day}T00:00:00Z`)), unmanaged, others: Math.max(0, in_use - unmanaged) };
}
