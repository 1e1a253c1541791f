/** What became of notifications that were requeued: it is read until each has been tried, or for a while. */

import { getNotification, type Notification } from "../../api/notifications";
import { endingOf } from "./words";

const EVERY_MS = 1_500;
const TRIES = 14;
const AT_ONCE = 4;

/** More are not followed one by one. */
export const MOST_FOLLOWED = 40;

export type DeliveryProgress = "sent" | "unsent" | "waiting" | "dead" | "untried";

/** `untried`: it is queued, and nobody has tried it yet. */
export function deliveryOf(row: Notification): DeliveryProgress {
  if (row.status === "dead") return "dead";
  if (row.status === "sent") return endingOf(row) === null ? "sent" : "unsent";
  return row.status === "failed" ? "waiting" : "untried";
}

async function readAll(ids: readonly string[], signal: AbortSignal): Promise<Notification[]> {
  const rows: Notification[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const results = await Promise.allSettled(ids.slice(start, start + AT_ONCE).map((id) => getNotification(id, signal)));
    rows.push(...results.filter((result) => result.status === "fulfilled").map((result) => result.value));
  }
  return rows;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Yields the rows as they are known; ends when each has been tried, or after some twenty seconds. */
export async function* followed(ids: readonly string[], signal: AbortSignal): AsyncGenerator<Notification[]> {
  const known = new Map<string, Notification>();
  let open: readonly string[] = ids.slice(0, MOST_FOLLOWED);
  for (let n = 0; n < TRIES && open.length > 0 && !signal.aborted; n++) {
    if (n > 0) await pause(EVERY_MS);
    for (const row of await readAll(open, signal)) known.set(row.id, row);
    open = open.filter((id) => {
      const row = known.get(id);
      return row !== undefined && deliveryOf(row) === "untried";
    });
    yield [...known.values()];
  }
}
