import { useQueries } from "@tanstack/react-query";

import { type CatalogKind, catalogKeys, listCatalog } from "./catalog";
import { MOST_ROWS_A_PAGE } from "./everyRow";

const GOOD_FOR_MS = 300_000;

/** The name of a record of this kind by its id, of all that one page has: one request for a whole column. A record
 *  that is not among them keeps its id. */
export function useNames(kind: CatalogKind): (id: string) => string {
  const nameOf = useNamesOf([kind]);
  return (id) => nameOf(kind, id);
}

/** The same for records of several kinds. */
export function useNamesOf(kinds: readonly CatalogKind[]): (kind: CatalogKind, id: string) => string {
  const names = useQueries({ queries: kinds.map(namesQuery) });
  return (kind, id) => names[kinds.indexOf(kind)]?.data?.get(id) ?? id;
}

function namesQuery(kind: CatalogKind) {
  return {
    queryKey: [...catalogKeys.all(kind), "names"],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const page = await listCatalog(kind, {}, { cursor: undefined, signal }, MOST_ROWS_A_PAGE);
      return new Map(page.data.map(({ id, name }) => [id, name]));
    },
    staleTime: GOOD_FOR_MS,
    retry: false,
  };
}
