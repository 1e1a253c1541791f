import type { NotificationData } from "@mantine/notifications";
import { lazy, Suspense, useSyncExternalStore } from "react";

import { loadedPart } from "./lazyPage";

/** Their code is loaded with the first notice: the first page has none. */
const Shown = lazy(() => loadedPart(import("./ShownNotices")));

let isWanted = false;
const listeners = new Set<() => void>();

/** Shows a message at the edge of the window, on whatever page the reader is. */
export function notify(notice: NotificationData): void {
  isWanted = true;
  for (const listener of listeners) listener();
  void import("@mantine/notifications").then(({ notifications }) => notifications.show(notice));
}

/** Replaces a message that is shown. */
export function updateNotice(notice: NotificationData & { id: string }): void {
  void import("@mantine/notifications").then(({ notifications }) => notifications.update(notice));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function Notices() {
  const isShown = useSyncExternalStore(subscribe, () => isWanted);
  return isShown ? (
    <Suspense>
      <Shown />
    </Suspense>
  ) : null;
}
