/** Durations as people say them: "200 days", "6 hours". */

export const UNITS = [
  { value: "86400", label: "days", one: "day" },
  { value: "3600", label: "hours", one: "hour" },
  { value: "60", label: "minutes", one: "minute" },
  { value: "1", label: "seconds", one: "second" },
] as const;

/** The largest unit of which it is a whole number. */
export function unitOf(seconds: number): (typeof UNITS)[number] {
  return UNITS.find(({ value }) => seconds % Number(value) === 0) ?? UNITS[3];
}

export function inWords(seconds: number): string {
  const { value, label, one } = unitOf(seconds);
  const count = seconds / Number(value);
  return `${count} ${count === 1 ? one : label}`;
}
