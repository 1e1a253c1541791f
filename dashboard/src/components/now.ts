import { useSyncExternalStore } from "react";

const STEP_MS = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(tick, STEP_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** Milliseconds, one clock for the whole page; renders again only when it enters another `stepMs`. */
export function useNow(stepMs: number): number {
  const clock = () => (listeners.size === 0 ? Date.now() : now);
  return useSyncExternalStore(subscribe, () => Math.floor(clock() / stepMs) * stepMs);
}

/** A wire time that is not after `nowMs`; none never comes. */
export function isPast(at: string | null, nowMs: number): boolean {
  return at !== null && Date.parse(at) <= nowMs;
}
