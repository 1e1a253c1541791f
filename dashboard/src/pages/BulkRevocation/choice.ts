/** Which certificates the page is about: rows that were selected, or a filter that the address holds. */

import type { BulkRevocation } from "../../api/bulkRevocation";
import type { RecordField } from "../../api/recordFields";
import { CERTIFICATE_FIELDS } from "../../components/certificateFields";
import { counted } from "../../components/words/count";

/** Filters that the API chooses by. */
const CHOOSING = namesWith("selects");
/** Filters that narrow what the others choose. */
const NARROWING = namesWith("narrows");
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

function namesWith(use: RecordField["bulk"]): string[] {
  return CERTIFICATE_FIELDS.filter(({ bulk }) => bulk === use).map(({ name }) => name);
}

function labelOf(name: string): string {
  return CERTIFICATE_FIELDS.find((field) => field.name === name)?.label.toLowerCase() ?? name;
}

/** "team, owner or issuer". */
function inList(names: readonly string[], type: "conjunction" | "disjunction"): string {
  return new Intl.ListFormat("en-GB", { type }).format(names.map(labelOf));
}

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
  const names = [...parameters]
    .filter(([name, value]) => value !== "" && !known.includes(name))
    .map(([name]) => OTHERS[name] ?? labelOf(name));
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
  if (given(parameters, NARROWING).length > 0) {
    const narrowing = inList(NARROWING, "conjunction");
    return `${narrowing.charAt(0).toUpperCase()}${narrowing.slice(1)} are not enough: add a ${inList(CHOOSING, "disjunction")}, or select rows.`;
  }
  return `Filter by ${inList(CHOOSING, "disjunction")}, or select rows.`;
}

export function inWords(choice: Choice): string {
  if (choice.certificate_ids) return counted(choice.certificate_ids.length, "selected certificates");
  const parts = Object.entries(choice).map(([name, value]) => `${labelOf(name)} ${String(value)}`);
  return `All certificates of ${parts.join(", ")}`;
}

/** Ids that were handed over by the list, in the entry of the browser's history. */
export function idsIn(state: unknown): string[] {
  const ids = typeof state === "object" && state !== null && "ids" in state ? state.ids : null;
  return Array.isArray(ids) ? ids.map(String) : [];
}
