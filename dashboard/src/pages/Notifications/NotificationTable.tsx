import { type ReactNode, useMemo, useState } from "react";

import type { Notification } from "../../api/notifications";
import type { List } from "../../api/paging";
import { useCan } from "../../components/session";
import { type Band, DataTable } from "../../components/DataTable";
import { useIsNarrow } from "../../components/narrow";
import { columnsFor } from "./columns";
import { GroupHead } from "./GroupHead";
import { grouped, groupKey, type Item, itemKey, listed } from "./grouping";
import { type Selection, toggled } from "./selection";
import type { View } from "./views";

const ROW_HEIGHT = { wide: 62, narrow: 136 };
const HEAD_HEIGHT = 40;

interface TableProps {
  list: List<Notification>;
  selection: Selection;
  view: View;
  empty: ReactNode;
}

export function NotificationTable({ list, selection, view, empty }: TableProps) {
  const isNarrow = useIsNarrow();
  const mayWrite = useCan("notifications:write");
  const { items, toggle } = useItems(list.rows, view);
  const columns = columnsFor({ isGrouped: view === "grouped", isNarrow, selection: mayWrite ? selection : null });
  return (
    <DataTable
      // Rows of another height, or in another order, are measured and sorted again.
      key={`${view} ${isNarrow}`}
      list={{ ...list, rows: items }}
      columns={columns}
      rowKey={itemKey}
      what="notifications"
      empty={empty}
      rowHeight={isNarrow ? ROW_HEIGHT.narrow : ROW_HEIGHT.wide}
      band={bandOf(toggle)}
      count={list.rows.length}
    />
  );
}

function useItems(rows: readonly Notification[], view: View) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const items = useMemo(() => (view === "list" ? listed(rows) : grouped(rows, closed, view)), [rows, view, closed]);
  return { items, toggle: (key: string) => setClosed((before) => toggled(before, key)) };
}

function bandOf(toggle: (key: string) => void): Band<Item> {
  return {
    is: (item) => item.kind === "group",
    height: HEAD_HEIGHT,
    render: (item) => item.kind === "group" && <GroupHead group={item} onToggle={() => toggle(groupKey(item.about))} />,
  };
}
