/** How soon relying parties saw revocations, by what `status_watch` stored with them. */

import type { Revocation } from "../../api/revocations";

export type Way = "crl" | "ocsp";

export interface Spread {
  /** How many were seen that way. */
  seen: number;
  p50: number;
  p99: number;
}

const PERCENT = 100;

function secondsBy(way: Way, { receipt }: Revocation): number | null {
  if (receipt === null) return null;
  return way === "crl" ? receipt.crl_seconds : receipt.ocsp_seconds;
}

/** Null if none was seen that way. */
export function spreadOf(rows: readonly Revocation[], way: Way): Spread | null {
  const seconds = rows.flatMap((row) => secondsBy(way, row) ?? []).toSorted((a, b) => a - b);
  if (seconds.length === 0) return null;
  return { seen: seconds.length, p50: percentile(seconds, 50), p99: percentile(seconds, 99) };
}

/** By nearest rank: a value that occurred. `ordered` has at least one. */
function percentile(ordered: readonly number[], percent: number): number {
  const rank = Math.ceil((ordered.length * percent) / PERCENT);
  return ordered[rank - 1] ?? 0;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
] as const;

/** "0.4 s", "12 s"; "26 h": from two of a larger unit on, in that. */
export function elapsed(seconds: number): string {
  const unit = UNITS.find(([, length]) => seconds >= 2 * length);
  if (unit !== undefined) return `${Math.round(seconds / unit[1])} ${unit[0]}`;
  return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
}

/** What a relying party saw of one revocation, in a word. */
export function seenBy(way: Way, row: Revocation): string {
  const seconds = secondsBy(way, row);
  if (seconds !== null) return elapsed(seconds);
  if (row.issuer_revocation !== null) return "By the issuer";
  if (row.receipt === null) return "Not watched";
  if (row.receipt.expired_unseen_at !== null) return "Expired unseen";
  if (way === "ocsp" && row.receipt.ocsp_sampled_out) return "Not sampled";
  return row.receipt.is_complete ? "–" : "Not yet";
}
