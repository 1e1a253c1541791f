/** A list of any length as a table: only the rows in sight are in the document, and more are read on scrolling. */

import { Button, Group, Text, UnstyledButton } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useCallback, useEffect, useState } from "react";

import { messageOf } from "../api/errors";
import type { ReadableList } from "../api/paging";
import classes from "./DataTable.module.css";
import { Icon } from "./Icon";
import { useIsCramped, useIsNarrow } from "./narrow";
import { useIsRead, useSettled } from "./settled";
import { type SortControl, type Sorting, type SortKey, useSorted } from "./sorting";
import { Failure, Loading } from "./states";
import { counted } from "./words/count";

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** CSS width; columns without one share the rest. */
  width?: string;
  align?: "right";
  /** Left out under 700 px: the first column should then say what matters most. */
  hideWhenNarrow?: boolean;
  /** Left out under 1,400 px, unless the table is sorted by it. */
  hideWhenCramped?: boolean;
  /** Makes the column sortable, once all rows are loaded. */
  sortBy?: (row: Row) => SortKey;
  /** The title is for screen readers only: checkboxes, buttons. */
  hideTitle?: boolean;
  /** In the place of the title: a checkbox for all rows. */
  head?: ReactNode;
}

/** Rows that reach over all columns: the heads of groups. */
export interface Band<Row> {
  is: (row: Row) => boolean;
  height: number;
  render: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  list: ReadableList<Row>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** Names the table and what it holds: "certificates". */
  what: string;
  empty: ReactNode;
  rowHeight?: number;
  band?: Band<Row>;
  /** How many there are, where that is not the number of rows. */
  count?: number;
  /** Left out where the API sorts nothing. */
  order?: SortControl;
  /** Said under the table, beside how many there are. */
  note?: ReactNode;
}

const DEFAULT_ROW_HEIGHT = 56;
const OVERSCAN = 12;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { list, what, empty } = props;
  if (list.error !== null && list.rows.length === 0) {
    return <Failure error={list.error} what={`the ${what}`} onRetry={() => void list.refetch()} />;
  }
  if (list.isPending) return <Loading label={`Loading ${what}`} />;
  if (list.rows.length === 0 && !list.hasNextPage) return empty;
  return <Rows {...props} />;
}

function Rows<Row>({ list, columns: all, rowKey, what, rowHeight = DEFAULT_ROW_HEIGHT, band, count, order, note }: DataTableProps<Row>) {
  const [table, setTable] = useState<HTMLElement | null>(null);
  const settled = useSettled(list.rows, rowKey, useIsRead(table), list.identity ?? what);
  const { rows, sorting, canSort, toggle } = useSorted(settled.rows, all, !list.hasNextPage, order);
  const columns = useFitting(all, sorting);
  const heightOf = (row: Row | undefined) => (row !== undefined && band?.is(row) ? band.height : rowHeight);
  // With other rows it is another function, so that their heights are measured again.
  const getItemKey = useCallback((index: number) => (rows[index] === undefined ? index : rowKey(rows[index])), [rows, rowKey]);
  const { top, measure } = useTop();
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => heightOf(rows[index]),
    getItemKey,
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useReadOn(list, last >= rows.length - OVERSCAN);
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <>
      {settled.waiting > 0 && (
        <div className={classes.news}>
          <Button size="compact-xs" onClick={settled.show}>
            Show {settled.waiting.toLocaleString("en")} new
          </Button>
        </div>
      )}
      <table ref={setTable} className={classes.table} aria-label={what} aria-rowcount={list.hasNextPage ? -1 : rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sorting={sorting} onSort={canSort(column.id) ? () => toggle(column.id) : null} />
            ))}
          </tr>
        </thead>
        <tbody ref={measure}>
          <Spacer height={before} span={columns.length} />
          {items.map(({ index }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <BodyRow key={rowKey(row)} row={row} columns={columns} index={index} height={heightOf(row)} band={band} />
            );
          })}
          <Spacer height={after} span={columns.length} />
        </tbody>
      </table>
      <Foot
        list={list}
        what={what}
        count={count ?? rows.length}
        waitsToSort={columns.some(({ id, sortBy }) => sortBy !== undefined && !canSort(id))}
        note={note}
      />
    </>
  );
}

/** The columns that the window has room for. */
function useFitting<Row>(all: readonly Column<Row>[], sorting: Sorting | null): readonly Column<Row>[] {
  const [isNarrow, isCramped] = [useIsNarrow(), useIsCramped()];
  return all.filter(({ id, hideWhenNarrow, hideWhenCramped }) => {
    if (isNarrow) return hideWhenNarrow !== true;
    return !isCramped || hideWhenCramped !== true || id === sorting?.column;
  });
}

/** Where the rows begin on the page. Measured once: what opens above them later is less than the overscan. */
function useTop() {
  const [top, setTop] = useState(0);
  const measure = useCallback((element: HTMLElement | null) => {
    if (element !== null) setTop(element.getBoundingClientRect().top + window.scrollY);
  }, []);
  return { top, measure };
}

function useReadOn<Row>(list: ReadableList<Row>, isNearEnd: boolean): void {
  const { rows, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const shouldRead = isNearEnd && hasNextPage && !isFetching && !isFetchNextPageError;
  // With each page again: a page that comes fast leaves `shouldRead` as it was.
  useEffect(() => {
    if (shouldRead) void fetchNextPage();
  }, [shouldRead, fetchNextPage, rows]);
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  sorting: Sorting | null;
  /** Null if the rows cannot be sorted by it. */
  onSort: (() => void) | null;
}

function HeaderCell<Row>({ column, sorting, onSort }: HeaderCellProps<Row>) {
  const { title, width, align, sortBy, hideTitle, head } = column;
  const direction = sorting?.column === column.id ? sorting.direction : "none";
  const shared = { "data-align": align, style: { width }, scope: "col" } as const;
  if (head !== undefined) return <th {...shared}>{head}</th>;
  if (sortBy === undefined || onSort === null)
    return <th {...shared}>{hideTitle ? <span className={classes.unseen}>{title}</span> : title}</th>;
  return (
    <th {...shared} aria-sort={direction}>
      <UnstyledButton className={classes.sort} onClick={onSort}>
        {title}
        <Icon name={direction === "descending" ? "chevronDown" : "chevronUp"} size={14} data-active={direction !== "none"} />
      </UnstyledButton>
    </th>
  );
}

interface BodyRowProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  index: number;
  height: number;
  band: Band<Row> | undefined;
}

function BodyRowOf<Row>({ row, columns, index, height, band }: BodyRowProps<Row>) {
  if (band?.is(row)) {
    return (
      <tr aria-rowindex={index + 2} style={{ height }} className={classes.band}>
        <td colSpan={columns.length}>{band.render(row)}</td>
      </tr>
    );
  }
  return (
    <tr aria-rowindex={index + 2} style={{ height }}>
      {columns.map((column) => (
        <td key={column.id} data-align={column.align}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** The table renders twice for each scroll, when it begins and when it ends: rows that stay are left alone. */
const BodyRow = memo(BodyRowOf) as typeof BodyRowOf;

function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

interface FootProps<Row> {
  list: ReadableList<Row>;
  what: string;
  count: number;
  /** Some columns can be sorted by once all rows are there. */
  waitsToSort: boolean;
  note: ReactNode;
}

function Foot<Row>({ list, what, count, waitsToSort, note }: FootProps<Row>) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = list;
  const words = `${counted(count, what)}${hasNextPage ? " so far" : ""}`;
  return (
    <Group justify="space-between" className={classes.foot}>
      <Text size="xs" c={error === null ? "dimmed" : "var(--bad)"} role="status">
        {error === null ? words : `${words}. Could not ${isFetchNextPageError ? "load more" : "refresh"}: ${messageOf(error)}`}
        {waitsToSort && <span> · other columns can be sorted once all rows are loaded</span>}
        {note !== undefined && <> · {note}</>}
      </Text>
      {hasNextPage && (
        <Button variant="default" size="compact-xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Load more
        </Button>
      )}
    </Group>
  );
}
