/** How much waits for a person: on the items of the navigation, in the title and on the icon of the browser's tab. */

import { useEffect } from "react";

import { type Attention, type AttentionKind, type AttentionLine, useAttention } from "../api/attention";
import { setTitleCount } from "../components/pageTitle";
import { setFaviconCount } from "./favicon";
import { useCan } from "../components/session";

export interface Urgent {
  count: number;
  /** There are at least so many. */
  isLeast: boolean;
  /** Names the count: "3 dead letters". */
  words: string;
}

/** By the path of the page that has their list. */
const COUNTED: readonly [path: string, kinds: readonly AttentionKind[], one: string, many: string][] = [
  ["certificates", ["expired", "expiring_soon"], "urgent certificate", "urgent certificates"],
  ["notifications", ["dead_letters"], "dead letter", "dead letters"],
  ["jobs", ["awaiting_approval"], "job awaiting approval", "jobs awaiting approval"],
  ["channels", ["channels_down"], "channel down", "channels down"],
];

/** Without an entry for a page of which nothing waits, or nothing is known. It is read in a background tab, too: from
 *  there it calls. */
export function useUrgent(): ReadonlyMap<string, Urgent> {
  const { data } = useAttention({ enabled: useCan("stats:read"), inBackground: true });
  return new Map(COUNTED.flatMap(([path, ...names]) => [...urgent(data, ...names)].map((found) => [path, found] as const)));
}

function urgent(attention: Attention | undefined, kinds: readonly AttentionKind[], one: string, many: string): Urgent[] {
  const lines = attention?.lines.filter(({ kind }) => kinds.includes(kind)) ?? [];
  if (lines.length === 0) return [];
  const { count, is_complete } = sumOf(lines);
  const number = `${count.toLocaleString("en")}${is_complete ? "" : " or more"}`;
  return [{ count, isLeast: !is_complete, words: `${number} ${count === 1 && is_complete ? one : many}` }];
}

function sumOf(lines: readonly AttentionLine[]): Pick<AttentionLine, "count" | "is_complete"> {
  return { count: lines.reduce((sum, { count }) => sum + count, 0), is_complete: lines.every(({ is_complete }) => is_complete) };
}

/** Keeps the tab's title and icon at the sum. */
export function useTabBadge(urgents: ReadonlyMap<string, Urgent>): void {
  const total = [...urgents.values()].reduce((sum, { count }) => sum + count, 0);
  useEffect(() => {
    setTitleCount(total);
    setFaviconCount(total);
  }, [total]);
  useEffect(
    () => () => {
      setTitleCount(0);
      setFaviconCount(0);
    },
    [],
  );
}
