/** Scopes of sources, as the page lists them. */

import type { Page } from "../../api/client";
import type { Scope, Source } from "../../api/sources";
import type { Tone } from "../../components/StatusBadge";

/** `scope` is null for a source that has not reported yet. */
export interface ScopeRow {
  source: Source;
  scope: Scope | null;
}

export const KINDS: Record<Source["kind"], string> = {
  agent: "Agent",
  aws: "AWS account",
  public: "Public prober",
  kubernetes: "Kubernetes",
  upload: "Import",
};

export function rowsOf({ data, ...page }: Page<Source>): Page<ScopeRow> {
  const ofSource = (source: Source): ScopeRow[] =>
    source.scopes.length === 0 ? [{ source, scope: null }] : source.scopes.map((scope) => ({ source, scope }));
  return { ...page, data: data.flatMap(ofSource) };
}

export function keyOf({ source, scope }: ScopeRow): string {
  return `${source.id} ${scope?.id ?? ""}`;
}

/** What its reports are like, and why. */
export function stateOf(scope: Scope | null): { label: string; tone: Tone; note: string } {
  if (scope === null) return { label: "No report yet", tone: "idle", note: "" };
  if (scope.failure !== null) return { label: "Failing", tone: "bad", note: scope.failure };
  if (scope.is_silent) return { label: "Silent", tone: "bad", note: `Reports are expected ${everyWords(scope.interval_seconds)}.` };
  if (scope.interval_seconds === null) return { label: "On request", tone: "idle", note: "" };
  if (scope.last_seen_at === null) return { label: "No report yet", tone: "idle", note: "" };
  return { label: "Reporting", tone: "ok", note: "" };
}

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

/** "every 15 minutes", "every hour". */
export function everyWords(seconds: number | null): string {
  if (seconds === null) return "on request";
  const [size, noun] = seconds % DAY === 0 ? [DAY, "day"] : seconds % HOUR === 0 ? [HOUR, "hour"] : [MINUTE, "minute"];
  const count = Math.max(1, Math.round(seconds / size));
  return count === 1 ? `every ${noun}` : `every ${count} ${noun}s`;
}
