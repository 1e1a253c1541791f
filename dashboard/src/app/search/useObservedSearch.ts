import { useQuery } from "@tanstack/react-query";

import { messageOf } from "../../api/errors";
import { inventoryKeys, type Observed, searchObserved } from "../../api/inventory";
import { labelOf, toneOf } from "../../components/StatusBadge";
import { useCan } from "../../components/session";
import type { Item, ItemGroup } from "./items";

/** As for the stack's own certificates. */
const LEAST_TYPED = 2;
const MOST_OBSERVED = 4;

interface ObservedSearch {
  group: ItemGroup;
  isSearching: boolean;
  notes: string[];
}

/** What was found of other issuers; `text` is what was typed, once typing has paused. The stack's own are found without it. */
export function useObservedSearch(text: string): ObservedSearch {
  const isAllowed = useCan("inventory:read");
  const isWanted = isAllowed && text.length >= LEAST_TYPED;
  const { data, error, isFetching } = useQuery({
    queryKey: [...inventoryKeys.all, "search", text],
    queryFn: ({ signal }) => searchObserved(text, MOST_OBSERVED, signal),
    enabled: isWanted,
  });
  const rows = isWanted ? (data?.data ?? []) : [];
  const items = rows.filter(({ status }) => status !== "Managed").map(itemOf);
  const notes = isWanted && error ? [`Could not search the inventory: ${messageOf(error)}`] : [];
  return { group: { title: "Inventory", items }, isSearching: isWanted && isFetching && data === undefined, notes };
}

function itemOf({ fingerprint, first_name, subject, issuer, status }: Observed): Item {
  return {
    id: `/inventory/${fingerprint}`,
    kind: "Found",
    title: first_name || subject || fingerprint,
    icon: "search",
    detail: issuer,
    status: { word: labelOf(status), tone: toneOf(status) },
    goal: `/inventory/${fingerprint}`,
  };
}
