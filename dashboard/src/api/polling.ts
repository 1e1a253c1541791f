/** How often pages read again what they show; hidden tabs do not (docs/dashboard.md, "Freshness"). */

/** A list, or one record in a drawer. */
export const LIST_POLL_MS = 30_000;
/** What is beside the list: counters, states of channels. */
export const SLOW_POLL_MS = 60_000;
/** What changes rarely and is told elsewhere: a timeline, names. */
export const RARE_POLL_MS = 120_000;

/** `meta` of a query of the shell: its age is not that of the page. */
export const OF_THE_SHELL = { isOfTheShell: true } as const;

const ACT_IS_RECENT_MS = 5_000;
let lastActAt = 0;

/** The reader has changed something or asked for a refresh: what comes next is expected. */
export function noteAct(): void {
  lastActAt = Date.now();
}

export function forgetActs(): void {
  lastActAt = 0;
}

export function hasJustActed(): boolean {
  return Date.now() - lastActAt < ACT_IS_RECENT_MS;
}

/** The oldest answer that polls share, and the oldest parts of one that are not read with each. */
const SHARED_MS = 90_000;

/** Polls share what another one has read some seconds ago. Who acted since then sees what came of it: the browser sends
 *  `Cache-Control: no-cache`. */
export function sharedOrNow(): RequestCache {
  return Date.now() - lastActAt < SHARED_MS ? "reload" : "default";
}

interface Aged {
  age_seconds?: unknown;
}

/** When the server read what a query has: before the answer came, by the age that an answer may have. */
export function readAt({ data, dataUpdatedAt }: { data: unknown; dataUpdatedAt: number }): number {
  const age = typeof data === "object" && data !== null ? (data as Aged).age_seconds : undefined;
  return typeof age === "number" ? dataUpdatedAt - age * 1_000 : dataUpdatedAt;
}
