/** The API key of this browser tab: in sessionStorage, which ends with the tab and no other origin can read.
 * Without one the session of a cookie counts, which no script can read. */

const NAME = "certctl.key";
const listeners = new Set<() => void>();
let reason: string | null = null;
let sessions = 0;

export function currentKey(): string | null {
  return sessionStorage.getItem(NAME);
}

export function rememberKey(key: string): void {
  reason = null;
  sessionStorage.setItem(NAME, key);
  announce();
}

/** `why` is shown on the sign-in page; none after a sign-out by hand. */
export function forgetKey(why: string | null = null): void {
  reason = why;
  sessionStorage.removeItem(NAME);
  announce();
}

/** The session in the cookie has ended: who asks next finds out. */
export function endSession(why: string | null = null): void {
  reason = why;
  sessions += 1;
  announce();
}

/** Rises when a session in the cookie ends. */
export function endedSessions(): number {
  return sessions;
}

export function signedOutBecause(): string | null {
  return reason;
}

export function subscribeToKey(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function announce(): void {
  for (const listener of listeners) listener();
}
