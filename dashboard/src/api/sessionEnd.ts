/** The session of this browser is in a cookie that no script can read. A page knows when it ends, and why. */

const listeners = new Set<() => void>();
let reason: string | null = null;
let ended = 0;

// An earlier release of the dashboard kept the API key in the tab.
sessionStorage.removeItem("certctl.key");

/** `why` is shown on the sign-in page; none after a sign-out by hand. */
export function endSession(why: string | null = null): void {
  reason = why;
  ended += 1;
  for (const listener of listeners) listener();
}

/** Rises when a session ends. */
export function endedSessions(): number {
  return ended;
}

export function signedOutBecause(): string | null {
  return reason;
}

export function forgetReason(): void {
  reason = null;
}

export function subscribeToSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
