/** What the list hands over: the act in the address, the ids in the entry of the browser's history. */

const ACT_NAMES = ["renew", "reassign", "tags", "archive"] as const;
export type ActName = (typeof ACT_NAMES)[number];

/** They are changed one by one, by requests of this page. */
export const BULK_LIMIT = 100;

export function actIn(parameters: URLSearchParams): ActName | null {
  return ACT_NAMES.find((act) => act === parameters.get("act")) ?? null;
}
