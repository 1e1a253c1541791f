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

/** The order of a list that the API may sort. */
export interface SortControl {
  sorting: Sorting | null;
  setSorting: (sorting: Sorting | null) => void;
  /** Whether the rows come in the order of `sorting`. */
  isByApi: boolean;
  /** The order in which the rows come. Shown while the API has more rows: to sort a part would say what is first of all, wrongly. */
  apiSorting?: Sorting | null;
  /** Whether the API can sort by the column. */
  canApiSort?: (column: string) => boolean;
}

/** Rows in the order that was chosen; a third choice of the same column is the API's order again. `isWhole`: the list has no more rows
 *  than these. Otherwise only what the API can sort is offered. */
export function useSorted<Row>(rows: readonly Row[], columns: readonly Sortable<Row>[], isWhole: boolean, control?: SortControl) {
  const own = useState<Sorting | null>(null);
  const [wanted, setSorting] = control ? [control.sorting, control.setSorting] : own;
  const isInOrder = control?.isByApi === true;
  const sorting = isWhole || isInOrder ? wanted : (control?.apiSorting ?? null);
  const by = isInOrder || !isWhole ? undefined : columns.find((column) => column.id === sorting?.column)?.sortBy;
  const sign = sorting?.direction === "descending" ? -1 : 1;
  const ordered = useMemo(() => (by === undefined ? rows : sorted(rows, by, sign)), [rows, by, sign]);
  return {
    rows: ordered,
    sorting,
    canSort: (column: string) => isWhole || control?.canApiSort?.(column) === true,
    toggle: (column: string) => setSorting(next(sorting, column)),
  };
}
