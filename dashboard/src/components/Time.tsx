import { useNow } from "./now";
import { calendarDays, calendarMonths, currentTimeZone, type Form, inTimeZone, useTimeDisplay, useTimeZone } from "./timeDisplay";

const [MINUTE_S, HOUR_S] = [60, 3_600];
/** Below these, hours matter more than the calendar. */
const MOST_HOURS = 72;
/** Certificates live up to 398 days, and people count them in days. */
const MOST_DAYS = 400;
const MOST_MONTHS = 24;
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** Coarse: a list of times renders again four times a minute, not with each second. */
const STEP_MS = 15_000;

/** English words, with the 12 or 24 hours that the browser's locale has. */
const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const CLOCK = { hour: "numeric", minute: "2-digit", ...(hourCycle !== undefined && { hourCycle }) } as const;
const DATE = { month: "short", day: "numeric", year: "numeric" } as const;

const formatters = new Map<string, Intl.DateTimeFormat>();

function format(at: Date, timeZone: string, name: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${timeZone} ${name}`;
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat("en", { ...options, timeZone });
  formatters.set(key, formatter);
  return formatter.format(at);
}

/** "in 31 hours", "in 4 days", "2 years ago". From 72 hours on by the calendar of `timeZone`, so that it agrees with the date;
 *  what is further than a certificate's life is in months, then years. */
export function relativeTime(at: string, nowMs: number, timeZone = currentTimeZone()): string {
  const ms = Date.parse(at);
  const seconds = (ms - nowMs) / 1_000;
  const distance = Math.abs(seconds);
  if (distance < MINUTE_S) return seconds > 0 ? "in a moment" : "just now";
  if (distance < HOUR_S) return RELATIVE.format(Math.trunc(seconds / MINUTE_S), "minute");
  if (distance < MOST_HOURS * HOUR_S) return RELATIVE.format(Math.trunc(seconds / HOUR_S), "hour");
  const days = calendarDays(ms, nowMs, timeZone);
  if (Math.abs(days) < MOST_DAYS) return RELATIVE.format(days, "day");
  const months = calendarMonths(ms, nowMs, timeZone);
  if (Math.abs(months) < MOST_MONTHS) return RELATIVE.format(months, "month");
  return RELATIVE.format(Math.trunc(months / 12), "year");
}

/** With seconds and zone: "Nov 27, 2026, 10:36:12 GMT+1". */
export function exactTime(at: string, timeZone = currentTimeZone()): string {
  return format(new Date(at), timeZone, "exact", { ...DATE, ...CLOCK, second: "2-digit", timeZoneName: "short" });
}

/** "Nov 27, 2026". */
export function dayOf(at: string, timeZone = currentTimeZone()): string {
  return format(new Date(at), timeZone, "day", DATE);
}

/** "10:36:12". */
export function clockTime(ms: number, timeZone = currentTimeZone()): string {
  return format(new Date(ms), timeZone, "clock", { ...CLOCK, second: "2-digit" });
}

/** For a column: no seconds, and the year only if it is another one. */
function shortTime(at: string, nowMs: number, timeZone: string): string {
  const date = new Date(at);
  const yearOf = (ms: number) => inTimeZone(ms, timeZone).getUTCFullYear();
  const isThisYear = yearOf(date.getTime()) === yearOf(nowMs);
  const day = isThisYear ? format(date, timeZone, "day of the year", { month: "short", day: "numeric" }) : dayOf(at, timeZone);
  return `${day}, ${format(date, timeZone, "minute", CLOCK)}${timeZone === "UTC" ? " UTC" : ""}`;
}

/** In the reader's zone and in UTC. */
export function everyZone(at: string, timeZone = currentTimeZone()): string {
  const [here, utc] = [exactTime(at, timeZone), exactTime(at, "UTC")];
  return here === utc ? utc : `${here} (${utc})`;
}

interface TimeProps {
  /** Wire time; null shows `none`. */
  at: string | null | undefined;
  none?: string;
}

/** As the reader has chosen, relative or exact; the title has the other, and UTC. */
export function Time({ at, none = "–" }: TimeProps) {
  const now = useNow(STEP_MS);
  const { form } = useTimeDisplay();
  const timeZone = useTimeZone();
  if (at === null || at === undefined) return <span>{none}</span>;
  const { text, title } = wordsOf(at, now, timeZone, form);
  return (
    <time dateTime={at} title={title}>
      {text}
    </time>
  );
}

function wordsOf(at: string, now: number, timeZone: string, form: Form) {
  // The end of the step: what has just happened must not lie ahead.
  const relative = relativeTime(at, now + STEP_MS, timeZone);
  const exact = everyZone(at, timeZone);
  if (form === "relative") return { text: relative, title: exact };
  return { text: shortTime(at, now, timeZone), title: `${relative} · ${exact}` };
}

/** Exact to the second, whatever the reader has chosen: for events that are compared with logs. */
export function ExactTime({ at, none = "–" }: TimeProps) {
  const now = useNow(STEP_MS);
  const timeZone = useTimeZone();
  if (at === null || at === undefined) return <span>{none}</span>;
  return (
    <time dateTime={at} title={wordsOf(at, now, timeZone, "exact").title}>
      {exactTime(at, timeZone)}
    </time>
  );
}

/** The day only; the exact time is in its title. */
export function Day({ at, none = "–" }: TimeProps) {
  const timeZone = useTimeZone();
  if (at === null || at === undefined) return <span>{none}</span>;
  return (
    <time dateTime={at} title={everyZone(at, timeZone)}>
      {dayOf(at, timeZone)}
    </time>
  );
}
