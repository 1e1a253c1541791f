import type { Page } from "./client";
import type { FetchPage } from "./paging";

export const MOST_ROWS_A_PAGE = 500;

/** All rows of a list that is known to be short (channels, rules, mutes), whatever its pages. */
export async function everyRow<Row>(fetchPage: FetchPage<Row>, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Row> = await fetchPage({ cursor, signal });
    rows.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}
