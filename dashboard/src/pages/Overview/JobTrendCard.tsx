import { JOB_DAYS, type JobDay, useJobTrend } from "../../api/stats";
import { Card } from "../../components/Card";
import { Bars } from "../../components/charts/Bars";
import { ChartFigure } from "../../components/charts/ChartFigure";
import { Empty, QueryView } from "../../components/states";

const DAYS = JOB_DAYS;
const HEIGHT = 220;
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

const SERIES = [
  { name: "completed", label: "Completed", color: "var(--chart-ok)" },
  { name: "failed", label: "Failed", color: "var(--chart-bad)" },
  { name: "cancelled", label: "Cancelled", color: "var(--chart-idle)" },
] as const;

export function JobTrendCard() {
  const query = useJobTrend();
  return (
    <Card title="Jobs" description={`Jobs that ended in the last ${DAYS} days.`}>
      <QueryView query={query} what="the job trend">
        {(days) => <Trend days={days} />}
      </QueryView>
    </Card>
  );
}

const endedOn = ({ completed_count, failed_count, cancelled_count }: JobDay) => completed_count + failed_count + cancelled_count;

function summaryOf(days: readonly JobDay[]): string {
  const completed = days.reduce((sum, day) => sum + day.completed_count, 0);
  const failed = days.reduce((sum, day) => sum + day.failed_count, 0);
  const rate = completed + failed === 0 ? "" : ` ${Math.round((100 * completed) / (completed + failed))}% succeeded.`;
  return `${completed} completed and ${failed} failed in ${DAYS} days.${rate}`;
}

function Trend({ days }: { days: readonly JobDay[] }) {
  if (days.every((day) => endedOn(day) === 0)) return <Empty title={`No job ended in the last ${DAYS} days`} icon="jobs" />;
  const bars = days.map((day) => ({
    label: DAY.format(new Date(`${day.date}T00:00:00Z`)),
    completed: day.completed_count,
    failed: day.failed_count,
    cancelled: day.cancelled_count,
  }));
  const rows = days.filter((day) => endedOn(day) > 0);
  return (
    <ChartFigure
      summary={summaryOf(days)}
      columns={["Day", "Completed", "Failed", "Cancelled"]}
      rows={rows.map((day) => [day.date, day.completed_count, day.failed_count, day.cancelled_count])}
      height={HEIGHT}
    >
      <Bars data={bars} series={SERIES} />
    </ChartFigure>
  );
}
