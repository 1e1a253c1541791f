/** Whether the API answers, as every request of this tab finds out. */

interface Connection {
  /** Milliseconds; null before the first answer. */
  lastAnswerAt: number | null;
  /** Requests in a row without an answer, those of several queries together. */
  failures: number;
  /** Milliseconds; since when a probe has confirmed that nothing answers, null while the API answers. */
  downSince: number | null;
}

/** So many before a probe is sent: one may be a route that is broken, or a lost packet. */
export const SUSPICIOUS_FAILURES = 2;

const UP: Connection = { lastAnswerAt: null, failures: 0, downSince: null };
const listeners = new Set<() => void>();
let connection = UP;

function become(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}

export function noteAnswer(): void {
  const isNews = connection.failures > 0 || connection.downSince !== null;
  const next = { lastAnswerAt: Date.now(), failures: 0, downSince: null };
  if (isNews) become(next);
  else connection = next;
}

export function noteFailure(): void {
  become({ ...connection, failures: connection.failures + 1 });
}

/** Call it after a probe that failed; an answer to another request in the meantime overrules it. */
export function noteOutage(): void {
  if (connection.downSince !== null || connection.failures === 0) return;
  become({ ...connection, downSince: connection.lastAnswerAt ?? Date.now() });
}

export function currentConnection(): Connection {
  return connection;
}

export function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function forgetConnection(): void {
  become(UP);
}
