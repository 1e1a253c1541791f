/** Whether the current version can be deployed, and where, by what the API will decide with. */

import type { Row } from "../../../api/catalog";
import type { Certificate } from "../../../api/certificates";
import { isPast } from "../../../components/now";

/** A target of the certificate, and its agent, as far as they are read. */
export interface Place {
  id: string;
  target: Row<"targets"> | undefined;
  agent: Row<"agents"> | undefined;
  isPending: boolean;
}

const BY_STATUS: Record<string, string> = {
  Revoked: "It is revoked and cannot be deployed.",
  OnHold: "It is on hold: the hold must end first.",
  Archived: "It is archived.",
  Expired: "Its version has expired: renew it first.",
};

/** Why nothing can be deployed now; null if something can. */
export function obstacleOf(
  { status, serial_number, expires_at, target_ids }: Certificate,
  places: readonly Place[],
  now = Date.now(),
): string | null {
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  if (serial_number === null) return "Nothing issued yet.";
  if (isPast(expires_at, now)) return BY_STATUS.Expired ?? null;
  if (target_ids.length === 0) return "It has no targets. Edit it to add some.";
  const reasons = places.map(unusable);
  return reasons.length > 0 && reasons.every((reason) => reason !== null) ? "None of its targets is enabled and has an agent." : null;
}

/** Why a target takes no deployment; null if it does, or is not loaded yet. */
export function unusable({ target, isPending }: Place): string | null {
  if (target === undefined) return isPending ? null : "It could not be loaded. It may have been deleted, or be another team's.";
  if (!target.enabled) return "It is disabled.";
  return target.agent_id === null ? "It has no agent." : null;
}

/** The key is with one agent, and so must be all targets of one request. */
export function agentsOf(places: readonly Place[]): string[] {
  return [...new Set(places.flatMap(({ target }) => target?.agent_id ?? []))];
}

/** What was left behind, by what the API appends to the reason of a failure. */
const ENDINGS = [
  [" (nothing was touched)", { status: "Untouched", tone: "warn" }],
  [" (rolled back)", { status: "Rolled back", tone: "warn" }],
  [" (NOT rolled back)", { status: "Not rolled back", tone: "bad" }],
] as const;

type Left = (typeof ENDINGS)[number][1];

/** The reason without its ending; `left` is null if the agent did not report it. */
export function failureOf(error: string): { reason: string; left: Left | null } {
  for (const [ending, left] of ENDINGS) {
    if (error.endsWith(ending)) return { reason: error.slice(0, -ending.length), left };
  }
  return { reason: error, left: null };
}
