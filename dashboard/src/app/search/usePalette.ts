import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";

import { useSession } from "../../components/session";
import { actionItems, pageItems } from "./destinations";
import { fitting, LETTERS, bestFit, WITHIN } from "./fuzzy";
import type { Item, ItemGroup } from "./items";
import { recentItems } from "./recent";
import { useCertificateSearch } from "./useCertificateSearch";
import { useObservedSearch } from "./useObservedSearch";
import { useChannelSearch, useRecordSearch } from "./useRecordSearch";
import { useWorkSearch } from "./useWorkSearch";

const TYPING_MS = 200;
const MOST_LOCAL = 5;

export interface Found {
  groups: readonly ItemGroup[];
  /** What was typed last is not answered yet. */
  isSearching: boolean;
  notes: readonly string[];
}

const textsOf = ({ title, words, detail }: Item) => [
  title,
  ...(words === undefined ? [] : [`${title} ${words}`]),
  ...(detail === undefined ? [] : [detail]),
];

/** What the palette shows for `typed`: pages and actions at once, records as they come, in an order that does not change. */
export function usePalette(typed: string, ownActions: readonly Item[]): Found {
  const text = typed.trim();
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const { can } = useSession();
  const local = useMemo(() => ({ pages: pageItems(can), actions: [...actionItems(can), ...ownActions] }), [can, ownActions]);
  const certificates = useCertificateSearch(settled === text ? text : "");
  const observed = useObservedSearch(settled === text ? text : "");
  const records = useRecordSearch(text, settled);
  const channels = useChannelSearch(text);
  const work = useWorkSearch(text);
  if (text === "") return { groups: withItems(offered(local)), isSearching: false, notes: [] };
  const isTyping = settled !== text;
  const isAsking = certificates.isSearching || observed.isSearching;
  const isSearching = isTyping || isAsking || records.isReading || channels.isReading || work.isReading;
  return {
    groups: withItems([
      ...close(local, text),
      certificates.group,
      observed.group,
      ...records.groups,
      ...channels.groups,
      ...work.groups,
      ...(isSearching ? [] : [distant(local, text)]),
    ]),
    isSearching,
    notes: isTyping ? [] : [...certificates.notes, ...observed.notes, ...records.notes, ...channels.notes, ...work.notes],
  };
}

interface Local {
  pages: readonly Item[];
  actions: readonly Item[];
}

function withItems(groups: readonly ItemGroup[]): ItemGroup[] {
  return groups.filter(({ items }) => items.length > 0);
}

/** Before anything is typed. */
function offered({ pages, actions }: Local): ItemGroup[] {
  const recent = recentItems().map(({ kind, title, icon, address }): Item => ({ id: address, kind, title, icon, goal: address }));
  const known = new Set(recent.map(({ id }) => id));
  const others = (items: readonly Item[]) => items.filter(({ id }) => !known.has(id));
  return [
    { title: "Recent", items: recent },
    { title: "Actions", items: others(actions).slice(0, MOST_LOCAL) },
    { title: "Pages", items: others(pages) },
  ];
}

function close({ pages, actions }: Local, text: string): ItemGroup[] {
  return [
    { title: "Pages", items: fitting(pages, text, textsOf, WITHIN).slice(0, MOST_LOCAL) },
    { title: "Actions", items: fitting(actions, text, textsOf, WITHIN).slice(0, MOST_LOCAL) },
  ];
}

/** Those whose letters alone fit: last of all, or Enter would open one before the answers come. */
function distant({ pages, actions }: Local, text: string): ItemGroup {
  const items = [...pages, ...actions].filter(({ title }) => bestFit([title], text) === LETTERS);
  const isClose = (item: Item) => (bestFit(textsOf(item), text) ?? LETTERS) < LETTERS;
  return { title: "Similar", items: items.filter((item) => !isClose(item)).slice(0, MOST_LOCAL) };
}
