import { useMemo, useState } from "react";

export type SortKey = string | number | null;

export interface Sorting {
  column: string;
  direction: "ascending" | "descending";
}

interface Sortable<Row> {
  id: string;
  sortBy?: (row: Row) => SortKey;
}

function compare(a: SortKey, b: SortKey): number {
  if (a === b) return 0;
  // What has no value comes last, whichever way.
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

function sorted<Row>(rows: readonly Row[], by: (row: Row) => SortKey, sign: number): Row[] {
  const keyed = rows.map((row) => ({ row, key: by(row) }));
  const isSet = (key: SortKey) => key !== null;
  keyed.sort((a, b) => compare(a.key, b.key) * (isSet(a.key) && isSet(b.key) ? sign : 1));
  return keyed.map(({ row }) => row);
}

function next(sorting: Sorting | null, column: string): Sorting | null {
  if (sorting?.column !== column) return { column, direction: "ascending" };
  return sorting.direction === "ascending" ? { column, direction: "descending" } : null;
}

/** The order of a list that the API may sort: where it has, `isByApi`, the rows stay as they came. */
export interface SortControl {
  sorting: Sorting | null;
  setSorting: (sorting: Sorting | null) => void;
  isByApi: boolean;
}

/** Rows in the order that was chosen; a third choice of the same column is the API's order again. */
export function useSorted<Row>(rows: readonly Row[], columns: readonly Sortable<Row>[], control?: SortControl) {
  const own = useState<Sorting | null>(null);
  const [sorting, setSorting] = control ? [control.sorting, control.setSorting] : own;
  const by = control?.isByApi ? undefined : columns.find((column) => column.id === sorting?.column)?.sortBy;
  const sign = sorting?.direction === "descending" ? -1 : 1;
  const ordered = useMemo(() => (by === undefined ? rows : sorted(rows, by, sign)), [rows, by, sign]);
  return { rows: ordered, sorting, toggle: (column: string) => setSorting(next(sorting, column)) };
}
