/** The rows of the table: certificates, and the head of the second part of a list by expiry. */

import type { Certificate } from "../../api/certificates";
import type { Band, Column } from "../../components/DataTable";
import { IN_FORCE } from "./filters";

interface PartHead {
  id: "not-in-force";
  /** Of the rows below it that were read. */
  count: number;
  /** All of them were read. */
  isWhole: boolean;
}

export type Item = Certificate | PartHead;

function isHead(item: Item): item is PartHead {
  return !("status" in item);
}

function isInForce({ status }: Certificate): boolean {
  return IN_FORCE.includes(status);
}

/** The API lists those in force by expiry, then the others: a head stands between. */
export function withHead(rows: readonly Certificate[], isWhole: boolean): Item[] {
  const first = rows.findLastIndex(isInForce) + 1;
  if (first === rows.length) return [...rows];
  return [...rows.slice(0, first), { id: "not-in-force", count: rows.length - first, isWhole }, ...rows.slice(first)];
}

function countInWords({ count, isWhole }: PartHead): string {
  return `${count.toLocaleString("en")}${isWhole ? "" : " so far"}`;
}

export const PART_HEAD: Band<Item> = {
  is: isHead,
  height: 40,
  render: (item) => `Not sorted by expiry: never issued, on hold, revoked or archived${isHead(item) ? ` (${countInWords(item)})` : ""}`,
};

export function forItems(columns: readonly Column<Certificate>[]): Column<Item>[] {
  return columns.map(({ cell, sortBy, ...column }) => ({
    ...column,
    cell: (item) => (isHead(item) ? null : cell(item)),
    ...(sortBy && { sortBy: (item: Item) => (isHead(item) ? null : sortBy(item)) }),
  }));
}
