import { bodyOf, client, type Page, type Schemas } from "./client";
import { MOST_ROWS_A_PAGE } from "./everyRow";
import { inventoryKeys } from "./inventory";
import type { PageRequest } from "./paging";

export type Source = Schemas["SourceView"];
export type Scope = Schemas["ScopeView"];

export const sourceKeys = { list: [...inventoryKeys.all, "sources"] as const };

/** With all scopes of each. */
export function listSources({ cursor, signal }: PageRequest): Promise<Page<Source>> {
  const query = { per_page: MOST_ROWS_A_PAGE, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/inventory/sources", { params: { query }, signal }));
}
