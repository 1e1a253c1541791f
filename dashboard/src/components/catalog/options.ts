import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";

import { type CatalogKind, catalogKeys, getRecord, listCatalog } from "../../api/catalog";
import { messageOf } from "../../api/errors";

const OPTIONS = 100;
const TYPING_MS = 250;
const NAME_IS_GOOD_FOR_MS = 300_000;

interface Named {
  id: string;
  name: string;
}

function optionOf({ id, name }: Named) {
  return { value: id, label: name === id ? id : `${name} (${id})` };
}

export function optionsQuery(kind: CatalogKind, name: string) {
  return {
    queryKey: [...catalogKeys.all(kind), "options", name],
    queryFn: ({ signal }: { signal: AbortSignal }) => listCatalog(kind, { name }, { cursor: undefined, signal }, OPTIONS),
    placeholderData: keepPreviousData,
  };
}

export function nameQuery<Kind extends CatalogKind>(kind: Kind, id: string) {
  return {
    queryKey: catalogKeys.one(kind, id),
    queryFn: ({ signal }: { signal: AbortSignal }) => getRecord(kind, id, signal),
    staleTime: NAME_IS_GOOD_FOR_MS,
    retry: false,
  };
}

/** From the first page of the records, which all names of a page share; only one that is not on it is read by itself. */
export function useRecordName(kind: CatalogKind, id: string | null): string | undefined {
  const first = useQuery({ ...optionsQuery(kind, ""), staleTime: NAME_IS_GOOD_FOR_MS, enabled: id !== null, retry: false });
  const listed = first.data?.data.find((row) => row.id === id)?.name;
  const isElsewhere = id !== null && !first.isPending && listed === undefined;
  const one = useQuery({ ...nameQuery(kind, id ?? ""), enabled: isElsewhere });
  return listed ?? one.data?.name;
}

/** Records to choose from. A short list is searched here, by any part of name or id; a long one by the API, by the
 *  beginning of the name. Those that are chosen are always among them. */
export function useOptions(kind: CatalogKind, typed: string, chosen: readonly string[]) {
  const [wanted] = useDebouncedValue(typed.trim(), TYPING_MS);
  const first = useQuery(optionsQuery(kind, ""));
  const isWhole = first.data?.next_cursor === null;
  const isSearch = first.data !== undefined && !isWhole && wanted !== "";
  const found = useQuery({ ...optionsQuery(kind, wanted), enabled: isSearch });
  const rows: readonly Named[] = (isSearch ? found.data?.data : first.data?.data) ?? [];
  const missing = chosen.filter((id) => !rows.some((row) => row.id === id));
  const named = useQueries({ queries: missing.map((id) => nameQuery(kind, id)) });
  const others = missing.map((id, index) => optionOf(named[index]?.data ?? { id, name: id }));
  const error = (isSearch ? found.error : null) ?? first.error;
  return {
    options: [...others, ...rows.map(optionOf)],
    isWhole,
    isLoading: first.isPending || (isSearch && found.isFetching),
    problem: error === null ? null : `Could not load: ${messageOf(error)} Open the list to try again.`,
    retry: () => void (error !== null && (isSearch ? found.refetch() : first.refetch())),
  };
}
