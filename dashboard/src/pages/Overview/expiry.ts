import type { DayCount } from "../../api/stats";
import { wireTime } from "../../api/wireTime";
import type { Bar, Series } from "../../components/charts/Bars";

const WEEK = 7;
/** More bars than this are no longer seen one by one. */
const MOST_BARS = 100;
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

type Urgency = "soon" | "next" | "later";

/** How soon a day comes, as the colour of its bar. */
export const SERIES: readonly Series<Urgency>[] = [
  { name: "soon", label: "Within 7 days", color: "var(--chart-bad)" },
  { name: "next", label: "Within 30 days", color: "var(--chart-warn)" },
  { name: "later", label: "Later", color: "var(--chart-busy)" },
];

export function totalOf(days: readonly DayCount[]): number {
  return days.reduce((sum, { count }) => sum + count, 0);
}

function seriesOf(daysAhead: number): Urgency {
  if (daysAhead < WEEK) return "soon";
  return daysAhead < 30 ? "next" : "later";
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** Days of one bar. */
function spanOf(days: readonly DayCount[]): number {
  return days.length > MOST_BARS ? WEEK : 1;
}

/** The certificates of a bar: those that expire on its UTC days. Both bounds of the API are excluded. */
export function listOfBar(days: readonly DayCount[], bar: number): string {
  const first = days[bar * spanOf(days)];
  const last = days[Math.min((bar + 1) * spanOf(days), days.length) - 1];
  if (first === undefined || last === undefined) return "/certificates";
  const begins = Date.parse(`${first.date}T00:00:00Z`) - SECOND_MS;
  const ends = Date.parse(`${last.date}T00:00:00Z`) + DAY_MS;
  return `/certificates?expires_after=${wireTime(begins)}&expires_before=${wireTime(ends)}`;
}

/** One bar a day, or one a week where there are many days. The first day is today. */
export function barsOf(days: readonly DayCount[]): Bar<Urgency>[] {
  const span = spanOf(days);
  const bars: Bar<Urgency>[] = [];
  days.forEach(({ date, count }, ahead) => {
    if (ahead % span === 0) bars.push({ label: DAY.format(new Date(`${date}T00:00:00Z`)), soon: 0, next: 0, later: 0 });
    const bar = bars.at(-1);
    if (bar !== undefined) bar[seriesOf(ahead)] += count;
  });
  return bars;
}
