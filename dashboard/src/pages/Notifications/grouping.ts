import type { Notification } from "../../api/notifications";
import type { View } from "./views";
import { causeOf } from "./words";

type Grouping = Exclude<View, "list">;

export interface Group {
  kind: "group";
  by: Grouping;
  /** The certificate's id, the channel's, or the cause; null if they are about no certificate: failures of channels. */
  about: string | null;
  rows: readonly Notification[];
  isOpen: boolean;
}

export interface Single {
  kind: "single";
  row: Notification;
}

/** A line of the table. */
export type Item = Group | Single;

export const itemKey = (item: Item) => (item.kind === "group" ? groupKey(item.about) : item.row.id);

export function groupKey(about: string | null): string {
  return `group ${about ?? ""}`;
}

export function listed(rows: readonly Notification[]): Single[] {
  return rows.map((row) => ({ kind: "single", row }));
}

const ABOUT: Record<Grouping, (row: Notification) => string | null> = {
  grouped: (row) => row.certificate_id,
  channel: (row) => row.channel_id,
  cause: causeOf,
};

function membersBy(rows: readonly Notification[], by: Grouping): Map<string | null, Notification[]> {
  const groups = new Map<string | null, Notification[]>();
  for (const row of rows) {
    const about = ABOUT[by](row);
    const members = groups.get(about);
    if (members === undefined) groups.set(about, [row]);
    else members.push(row);
  }
  return groups;
}

/** Groups in the order of their newest row; those whose key is in `closed` show their head only. */
export function grouped(rows: readonly Notification[], closed: ReadonlySet<string>, by: Grouping = "grouped"): Item[] {
  return [...membersBy(rows, by)].flatMap(([about, members]) => {
    const isOpen = !closed.has(groupKey(about));
    const head: Group = { kind: "group", by, about, rows: members, isOpen };
    return isOpen ? [head, ...listed(members)] : [head];
  });
}

/** The ids in the order of the table, closed groups included. */
export function orderOf(rows: readonly Notification[], view: View): string[] {
  const items = view === "list" ? listed(rows) : grouped(rows, new Set(), view);
  return items.flatMap((item) => (item.kind === "single" ? [item.row.id] : []));
}
