import { useQueries, useQuery } from "@tanstack/react-query";

import { type AnyRow, type CatalogKind } from "../../api/catalog";
import { type Channel, channelKeys, listChannels } from "../../api/channels";
import { everyRow } from "../../api/everyRow";
import { optionsQuery } from "../../components/catalog/options";
import { type IconName } from "../../components/Icon";
import { labelOf, toneOf } from "../../components/StatusBadge";
import { stateInWords } from "../../components/words/channelState";
import { PAGES } from "../pages";
import { useCan } from "../../components/session";
import { RECORD_KINDS } from "./destinations";
import { fewAtOnce } from "./fewAtOnce";
import { fitting, WITHIN } from "./fuzzy";
import type { Item, ItemGroup } from "./items";

const MOST_OF_A_KIND = 4;
const LONGEST_NAME = 128;
/** A record that was made elsewhere is found after this; one that was made here at once. */
const GOOD_FOR_MS = 300_000;

/** Eight reads at once would wake eight instances of the catalog's function. */
const inTurn = fewAtOnce(2);

interface RecordSearch {
  groups: ItemGroup[];
  isReading: boolean;
  notes: string[];
}

/** Records of the catalog. The first page of each kind is searched here, by any word of a name; of a kind that has more, the
 *  API finds the beginnings of names of all, and a note says so. */
export function useRecordSearch(typed: string, settled: string): RecordSearch {
  const isAllowed = useCan("catalog:read") && typed !== "";
  const first = useQueries({
    queries: RECORD_KINDS.map(([kind]) => ({ ...inTurnQuery(kind, ""), enabled: isAllowed })),
  });
  const isLong = first.map(({ data }) => data !== undefined && data.next_cursor !== null);
  const named = useQueries({
    queries: RECORD_KINDS.map(([kind], index) => ({
      ...inTurnQuery(kind, settled),
      enabled: isAllowed && isLong[index] === true && settled !== "" && settled.length <= LONGEST_NAME,
    })),
  });
  if (!isAllowed) return { groups: [], isReading: false, notes: [] };
  const groups = RECORD_KINDS.map(([kind, one, icon], index): ItemGroup => {
    const rows = byId([...(first[index]?.data?.data ?? []), ...(named[index]?.data?.data ?? [])]);
    const found = fitting(rows, typed, textsOf, WITHIN).slice(0, MOST_OF_A_KIND);
    return { title: titleOf(kind), items: found.map((row) => itemOf(kind, one, icon, row)) };
  });
  const long = RECORD_KINDS.filter((_, index) => isLong[index]).map(([kind]) => titleOf(kind).toLowerCase());
  const unread = RECORD_KINDS.filter((_, index) => first[index]?.isError).map(([kind]) => titleOf(kind).toLowerCase());
  return {
    groups,
    isReading: first.some((query) => query.isLoading) || named.some((query) => query.isLoading),
    notes: notesOf(long, unread),
  };
}

function inTurnQuery(kind: CatalogKind, name: string) {
  const { queryKey, queryFn } = optionsQuery(kind, name);
  return { queryKey, queryFn: (context: { signal: AbortSignal }) => inTurn(() => queryFn(context)), staleTime: GOOD_FOR_MS };
}

function notesOf(long: readonly string[], unread: readonly string[]): string[] {
  return [
    ...(long.length > 0
      ? [`There are too many ${inWords(long)} to search by every word. Others can be found by the beginning of their name.`]
      : []),
    ...(unread.length > 0 ? [`Not searched, because they could not be loaded: ${inWords(unread)}.`] : []),
  ];
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

function byId(rows: readonly AnyRow[]): AnyRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function titleOf(kind: CatalogKind): string {
  return PAGES.find(({ path }) => path === kind)?.title ?? kind;
}

function textsOf(row: AnyRow): string[] {
  return [row.name, row.id, ...("hostname" in row ? [row.hostname] : []), ...("email" in row ? [row.email ?? ""] : [])];
}

function detailOf(row: AnyRow): string {
  if ("hostname" in row) return row.hostname;
  if ("email" in row && row.email) return row.email;
  return "type" in row ? `${row.type} · ${row.id}` : row.id;
}

function itemOf(kind: CatalogKind, one: string, icon: IconName, row: AnyRow): Item {
  const goal = `/${kind}?open=${encodeURIComponent(row.id)}`;
  const status = "hostname" in row ? { word: labelOf(row.status), tone: toneOf(row.status) } : offOf(row);
  return { id: goal, kind: one, title: row.name, icon, detail: detailOf(row), goal, ...(status && { status }) };
}

function offOf(row: AnyRow): Item["status"] {
  return "enabled" in row && !row.enabled ? { word: "Disabled", tone: "idle" } : undefined;
}

/** All channels: there are 200 at most. */
export function useChannelSearch(typed: string): RecordSearch {
  const isAllowed = useCan("channels:read") && typed !== "";
  const { data, isLoading, isError } = useQuery({
    queryKey: channelKeys.all,
    queryFn: ({ signal }) => everyRow(listChannels, signal),
    enabled: isAllowed,
    staleTime: 60_000,
  });
  const found = isAllowed ? fitting(data ?? [], typed, ({ id, kind }) => [id, kind], WITHIN).slice(0, MOST_OF_A_KIND) : [];
  return {
    groups: [{ title: "Channels", items: found.map(channelItem) }],
    isReading: isAllowed && isLoading,
    notes: isAllowed && isError ? notesOf([], ["channels"]) : [],
  };
}

function channelItem(channel: Channel): Item {
  const { id, kind, enabled } = channel;
  const { label, tone } = stateInWords(channel);
  const goal = `/channels?open=${encodeURIComponent(id)}`;
  return {
    id: goal,
    kind: "Channel",
    title: id,
    icon: "channels",
    detail: kind,
    status: enabled ? { word: label, tone } : { word: "Disabled", tone: "idle" },
    goal,
  };
}
