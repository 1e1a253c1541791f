import { useNow } from "./now";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" });
const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
/** Coarse: a list of times renders again four times a minute, not with each second. */
const STEP_MS = 15_000;

/** "in 3 days", "2 hours ago", "just now". Up to 60 days in days: expiry is counted in them. */
export function relativeTime(at: string, nowMs: number): string {
  const seconds = (Date.parse(at) - nowMs) / 1_000;
  if (Math.abs(seconds) < 60) return seconds > 0 ? "in a moment" : "just now";
  if (Math.abs(seconds) >= 86_400 && Math.abs(seconds) < 60 * 86_400) {
    return RELATIVE.format(Math.trunc(seconds / 86_400), "day");
  }
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

export function exactTime(at: string): string {
  return EXACT.format(new Date(at));
}

export function dayOf(at: string): string {
  return DAY.format(new Date(at));
}

interface TimeProps {
  /** Wire time; null shows `none`. */
  at: string | null | undefined;
  none?: string;
}

/** Relative, and exact in its title. */
export function Time({ at, none = "–" }: TimeProps) {
  const now = useNow(STEP_MS);
  if (at === null || at === undefined) return <span>{none}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {/* The end of the step: what has just happened must not lie ahead. */}
      {relativeTime(at, now + STEP_MS)}
    </time>
  );
}
