/** Whether single keys do something, remembered in this browser. */

import { useSyncExternalStore } from "react";

const NAME = "certctl.shortcuts";
const listeners = new Set<() => void>();

export function setShortcutsOn(isOn: boolean): void {
  if (isOn) localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, "off");
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useShortcutsOn(): boolean {
  return useSyncExternalStore(subscribe, () => localStorage.getItem(NAME) !== "off");
}
