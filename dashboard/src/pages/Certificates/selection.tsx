import { Checkbox } from "@mantine/core";
import { useMemo, useState } from "react";

import type { Certificate } from "../../api/certificates";
import type { Column } from "../../components/DataTable";
import classes from "./Certificates.module.css";

export interface Selection {
  /** Those that are still in the list, in its order. */
  rows: readonly Certificate[];
  has: (id: string) => boolean;
  /** With `isRange`, all rows from the one that was toggled before to this one get the state that this one gets. */
  toggle: (id: string, isRange: boolean) => void;
  /** Of the rows that are loaded. */
  selectable: number;
  toggleAll: () => void;
}

const ENDED = ["Revoked", "Archived"];

function isSelectable({ status }: Certificate): boolean {
  return !ENDED.includes(status);
}

function between(ids: readonly string[], from: string | null, to: string): readonly string[] {
  const [a, b] = [from === null ? -1 : ids.indexOf(from), ids.indexOf(to)];
  return a === -1 || b === -1 ? [to] : ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Of certificates that have not ended; `rows` in the order in which they are shown. */
export function useSelection(rows: readonly Certificate[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  const selectable = useMemo(() => rows.filter(isSelectable), [rows]);
  const selected = useMemo(() => selectable.filter(({ id }) => chosen.has(id)), [selectable, chosen]);
  const toggle = (id: string, isRange: boolean) => {
    const ids = isRange
      ? between(
          selectable.map((row) => row.id),
          last,
          id,
        )
      : [id];
    const isOn = !chosen.has(id);
    setChosen((before) => new Set(isOn ? [...before, ...ids] : [...before].filter((one) => !ids.includes(one))));
    setLast(id);
  };
  const toggleAll = () => setChosen(new Set(selected.length === selectable.length ? [] : selectable.map(({ id }) => id)));
  return { rows: selected, has: (id) => chosen.has(id), toggle, selectable: selectable.length, toggleAll };
}

export function selectColumn(selection: Selection): Column<Certificate> {
  return {
    id: "select",
    title: "Select",
    hideTitle: true,
    width: "48px",
    head: <SelectAll selection={selection} />,
    cell: (row) => isSelectable(row) && <SelectOne row={row} selection={selection} />,
  };
}

function SelectAll({ selection: { rows, selectable, toggleAll } }: { selection: Selection }) {
  const isAll = selectable > 0 && rows.length === selectable;
  return (
    <Checkbox
      size="sm"
      checked={isAll}
      indeterminate={rows.length > 0 && !isAll}
      disabled={selectable === 0}
      onChange={toggleAll}
      aria-label="Select all loaded certificates"
      title="Select all loaded"
    />
  );
}

/** A click with Shift is no text selection, and has the checkbox toggled as any other. */
function SelectOne({ row, selection }: { row: Certificate; selection: Selection }) {
  return (
    <Checkbox
      size="sm"
      checked={selection.has(row.id)}
      onChange={(event) => selection.toggle(row.id, (event.nativeEvent as MouseEvent).shiftKey)}
      aria-label={`Select ${row.name}`}
      className={classes.above ?? ""}
    />
  );
}
