import { useQuery } from "@tanstack/react-query";

import { type CatalogKind, catalogKeys, listCatalog } from "./catalog";
import { MOST_ROWS_A_PAGE } from "./everyRow";

const GOOD_FOR_MS = 300_000;

/** The name of a record of this kind by its id, of all that one page has: one request for a whole column. A record
 *  that is not among them keeps its id. */
export function useNames(kind: CatalogKind): (id: string) => string {
  const { data } = useQuery({
    queryKey: [...catalogKeys.all(kind), "names"],
    queryFn: async ({ signal }) => {
      const page = await listCatalog(kind, {}, { cursor: undefined, signal }, MOST_ROWS_A_PAGE);
      return new Map(page.data.map(({ id, name }) => [id, name]));
    },
    staleTime: GOOD_FOR_MS,
    retry: false,
  });
  return (id) => data?.get(id) ?? id;
}
