/** Whole seconds in UTC, as the API writes times: "2026-11-27T10:36:12Z". Takes milliseconds, or a time in the reader's zone. */
export function wireTime(at: Date | number | string): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
