/** Rows that a poll adds do not push away the row under the pointer, or those that one has scrolled to: they wait. */

import { useEffect, useState } from "react";

import { hasJustActed } from "../api/polling";

interface Settled<Row> {
  rows: readonly Row[];
  /** How many are held back. */
  waiting: number;
  show: () => void;
}

/** `identity` says of which query the rows are: those of another are displayed at once. */
export function useSettled<Row>(rows: readonly Row[], rowKey: (row: Row) => string, isHeld: boolean, identity: string): Settled<Row> {
  const [shown, setShown] = useState({ identity, keys: new Set<string>() });
  const known = shown.identity === identity ? shown.keys : new Set<string>();
  const keys = rows.map(rowKey);
  // Rows after the last one that is displayed have been read on: they push nothing away.
  const last = keys.findLastIndex((key) => known.has(key));
  const displayed = rows.filter((_, index) => last < 0 || index > last || known.has(keys[index] ?? ""));
  const waiting = rows.length - displayed.length;
  const show = () => setShown({ identity, keys: new Set(rows.map(rowKey)) });
  const wanted = new Set(!isHeld || waiting === 0 || hasJustActed() ? keys : displayed.map(rowKey));
  const isOther = wanted.size !== shown.keys.size || [...wanted].some((key) => !shown.keys.has(key));
  if (isOther || shown.identity !== identity) setShown({ identity, keys: wanted });
  return { rows: waiting === 0 ? rows : displayed, waiting, show };
}

/** Whether the pointer is over the table, or its head is scrolled out of sight. */
export function useIsRead(table: HTMLElement | null): boolean {
  const [isOver, setOver] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  useEffect(() => {
    if (table === null) return undefined;
    const [enter, leave] = [() => setOver(true), () => setOver(false)];
    const scroll = () => setScrolled(table.getBoundingClientRect().top < 0);
    table.addEventListener("mouseenter", enter);
    table.addEventListener("mouseleave", leave);
    window.addEventListener("scroll", scroll, { passive: true });
    return () => {
      table.removeEventListener("mouseenter", enter);
      table.removeEventListener("mouseleave", leave);
      window.removeEventListener("scroll", scroll);
    };
  }, [table]);
  return isOver || isScrolled;
}
