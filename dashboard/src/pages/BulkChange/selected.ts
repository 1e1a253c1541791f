/** What the list hands over: the action in the address, the ids in the entry of the browser's history. */

const ACTION_NAMES = ["renew", "reassign", "tags", "archive"] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

/** They are changed one by one, by requests of this page. */
export const BULK_LIMIT = 100;

export function actionIn(parameters: URLSearchParams): ActionName | null {
  return ACTION_NAMES.find((action) => action === parameters.get("act")) ?? null;
}
