/** Which certificates the page is about: rows that were selected, or a filter that the address holds. */

import type { BulkRevocation } from "../../api/bulkRevocation";

/** Filters that the API chooses by. Status and environment narrow what the others choose. */
const CHOOSING = ["team_id", "owner_id", "issuer_id", "profile_id"] as const;
const NARROWING = ["status", "environment"] as const;
/** The list has them, bulk revocation has not. */
const OTHERS = ["search", "name", "from", "to"] as const;

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

export function canChoose(parameters: URLSearchParams): boolean {
  return given(parameters, CHOOSING).length > 0 && given(parameters, OTHERS).length === 0;
}

export function inWords(choice: Choice): string {
  if (choice.certificate_ids) return choice.certificate_ids.length === 1 ? "1 selected certificate" : `${choice.certificate_ids.length} selected certificates`;
  const parts = Object.entries(choice).map(([name, value]) => `${LABELS[name] ?? name} ${String(value)}`);
  return `All certificates of ${parts.join(", ")}`;
}

/** Ids that were handed over by the list, in the entry of the browser's history. */
export function idsIn(state: unknown): string[] {
  const ids = typeof state === "object" && state !== null && "ids" in state ? state.ids : null;
  return Array.isArray(ids) ? ids.map(String) : [];
}
