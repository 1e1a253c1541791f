import type { DayCount } from "../../api/stats";
import type { Series } from "../../components/charts/Bars";

const WEEK = 7;
/** More bars than this are no longer seen one by one. */
const MOST_BARS = 100;
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** How soon a day comes, as the colour of its bar. */
export const SERIES: Series[] = [
  { name: "soon", label: "Within 7 days", color: "var(--chart-bad)" },
  { name: "next", label: "Within 30 days", color: "var(--chart-warn)" },
  { name: "later", label: "Later", color: "var(--chart-busy)" },
];

export type Bar = Record<"soon" | "next" | "later", number> & { label: string };

export function totalOf(days: readonly DayCount[]): number {
  return days.reduce((sum, { count }) => sum + count, 0);
}

function seriesOf(daysAhead: number): "soon" | "next" | "later" {
  if (daysAhead < WEEK) return "soon";
  return daysAhead < 30 ? "next" : "later";
}

/** One bar a day, or one a week where there are many days. The first day is today. */
export function barsOf(days: readonly DayCount[]): Bar[] {
  const span = days.length > MOST_BARS ? WEEK : 1;
  const bars: Bar[] = [];
  days.forEach(({ date, count }, ahead) => {
    if (ahead % span === 0) bars.push({ label: DAY.format(new Date(`${date}T00:00:00Z`)), soon: 0, next: 0, later: 0 });
    const bar = bars.at(-1);
    if (bar !== undefined) bar[seriesOf(ahead)] += count;
  });
  return bars;
}
