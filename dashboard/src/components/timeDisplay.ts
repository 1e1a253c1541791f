/** How times are displayed: in which zone, and relative to now or exact. Kept in this browser, for all its tabs.
 *  A `timeZone` is a name of the IANA database. */

import { useSyncExternalStore } from "react";

export type Zone = "local" | "utc";
export type Form = "relative" | "exact";

interface TimeDisplay {
  zone: Zone;
  form: Form;
}

const NAMES = { zone: "certctl.time-zone", form: "certctl.time-form" } as const;
const DAY_MS = 86_400_000;
const listeners = new Set<() => void>();
let display: TimeDisplay = stored();

function stored(): TimeDisplay {
  return {
    zone: localStorage.getItem(NAMES.zone) === "utc" ? "utc" : "local",
    form: localStorage.getItem(NAMES.form) === "exact" ? "exact" : "relative",
  };
}

function announce(): void {
  display = stored();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    display = stored();
    // Another tab has changed it.
    window.addEventListener("storage", announce);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", announce);
  };
}

function snapshot(): TimeDisplay {
  return display;
}

export function useTimeDisplay(): TimeDisplay {
  return useSyncExternalStore(subscribe, snapshot);
}

function timeZoneOf(zone: Zone): string {
  return zone === "utc" ? "UTC" : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function useTimeZone(): string {
  return timeZoneOf(useTimeDisplay().zone);
}

/** For text that is made outside of a component; it changes with the next render. */
export function currentTimeZone(): string {
  return timeZoneOf(stored().zone);
}

export function setTimeDisplay(changes: Partial<TimeDisplay>): void {
  const wanted = { ...stored(), ...changes };
  localStorage.setItem(NAMES.zone, wanted.zone);
  localStorage.setItem(NAMES.form, wanted.form);
  announce();
}

const fields = new Map<string, Intl.DateTimeFormat>();
const FIELDS = {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
  hourCycle: "h23",
} as const;

/** A date whose UTC fields are those of the calendar and clock in `timeZone`. */
export function inTimeZone(ms: number, timeZone: string): Date {
  const formatter = fields.get(timeZone) ?? new Intl.DateTimeFormat("en", { ...FIELDS, timeZone });
  fields.set(timeZone, formatter);
  const parts = new Map(formatter.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 1, day, hour, minute, second] = (["year", "month", "day", "hour", "minute", "second"] as const).map((name) =>
    parts.get(name),
  );
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** How many midnights lie between the two, negative if `ms` is before `nowMs`. */
export function calendarDays(ms: number, nowMs: number, timeZone: string): number {
  const dayOf = (at: number) => Math.floor(inTimeZone(at, timeZone).getTime() / DAY_MS);
  return dayOf(ms) - dayOf(nowMs);
}

/** Whole calendar months between the two, toward zero. */
export function calendarMonths(ms: number, nowMs: number, timeZone: string): number {
  const [from, to] = [inTimeZone(Math.min(ms, nowMs), timeZone), inTimeZone(Math.max(ms, nowMs), timeZone)];
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  const intoMonth = (date: Date) => date.getTime() - Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const whole = intoMonth(to) < intoMonth(from) ? months - 1 : months;
  return ms < nowMs ? -whole : whole;
}
