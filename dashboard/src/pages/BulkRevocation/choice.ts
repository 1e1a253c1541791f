/** Which certificates the page is about: rows that were selected, or a filter that the address holds. */

import type { BulkRevocation } from "../../api/bulkRevocation";
import { counted } from "../../components/words/count";

/** Filters that the API chooses by. Status and environment narrow what the others choose. */
const CHOOSING = ["team_id", "owner_id", "issuer_id", "profile_id"] as const;
const NARROWING = ["status", "environment"] as const;
/** No filters. Every other parameter of the list is one that bulk revocation has not: what is revoked must not be more
 *  than what is shown. */
const NO_FILTERS = ["sort", "job"];

const OTHERS: Record<string, string> = {
  search: "search",
  name: "domain",
  from: "expiry",
  to: "expiry",
  within: "expiry",
  expires_after: "expiry",
  expires_before: "expiry",
  renewal: "renewal",
};

const LABELS: Record<string, string> = {
  team_id: "team",
  owner_id: "owner",
  issuer_id: "issuer",
  profile_id: "profile",
  status: "status",
  environment: "environment",
};

export type Choice = Omit<BulkRevocation, "reason">;

export const MOST_IDS = 1_000;

function given(parameters: URLSearchParams, names: readonly string[]) {
  return names.filter((name) => parameters.get(name));
}

/** Null if bulk revocation does not support the filter. */
export function choiceIn(parameters: URLSearchParams, ids: readonly string[]): Choice | null {
  if (ids.length > 0) return { certificate_ids: [...ids] };
  if (!canChoose(parameters)) return null;
  return Object.fromEntries(given(parameters, [...CHOOSING, ...NARROWING]).map((name) => [name, parameters.get(name)]));
}

function others(parameters: URLSearchParams): string[] {
  const known: readonly string[] = [...CHOOSING, ...NARROWING, ...NO_FILTERS];
  const names = [...parameters].filter(([name, value]) => value !== "" && !known.includes(name)).map(([name]) => OTHERS[name] ?? name);
  return [...new Set(names)];
}

function canChoose(parameters: URLSearchParams): boolean {
  return whyNotChosen(parameters) === null;
}

/** Why these filters cannot be revoked by; null if they can. */
export function whyNotChosen(parameters: URLSearchParams): string | null {
  const wrong = others(parameters);
  if (wrong.length > 0) return `Not available with the filter ${wrong.join(", ")}: select rows instead.`;
  if (given(parameters, CHOOSING).length > 0) return null;
  if (given(parameters, NARROWING).length > 0)
    return "Status and environment are not enough: add a team, owner, issuer or profile, or select rows.";
  return "Filter by team, owner, issuer or profile, or select rows.";
}

export function inWords(choice: Choice): string {
  if (choice.certificate_ids) return counted(choice.certificate_ids.length, "selected certificates");
  const parts = Object.entries(choice).map(([name, value]) => `${LABELS[name] ?? name} ${String(value)}`);
  return `All certificates of ${parts.join(", ")}`;
}

/** Ids that were handed over by the list, in the entry of the browser's history. */
export function idsIn(state: unknown): string[] {
  const ids = typeof state === "object" && state !== null && "ids" in state ? state.ids : null;
  return Array.isArray(ids) ? ids.map(String) : [];
}
