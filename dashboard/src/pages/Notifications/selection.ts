import { useMemo, useState } from "react";

import type { Notification } from "../../api/notifications";
import { mayBeRequeued } from "./words";

export interface Selection {
  /** Those that are still in the list and may still be requeued. */
  ids: readonly string[];
  /** Their channels, by id. */
  channels: readonly string[];
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  /** Of all that are loaded. */
  selectable: number;
  toggleAll: () => void;
}

export function toggled(before: ReadonlySet<string>, id: string): Set<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

export function useSelection(rows: readonly Notification[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selectable = useMemo(() => rows.filter(mayBeRequeued).map((row) => row.id), [rows]);
  const ids = useMemo(() => selectable.filter((id) => chosen.has(id)), [selectable, chosen]);
  const channels = useMemo(() => [...new Set(rows.filter((row) => ids.includes(row.id)).map((row) => row.channel_id))], [rows, ids]);
  const isAll = ids.length === selectable.length;
  return {
    ids,
    channels,
    has: (id) => chosen.has(id),
    toggle: (id) => setChosen((before) => toggled(before, id)),
    selectable: selectable.length,
    toggleAll: () => setChosen(new Set(isAll ? [] : selectable)),
  };
}
