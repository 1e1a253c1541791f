import { useEffect, useRef, useState } from "react";

import { type AuditFilters, exportAuditEvents } from "../../api/audit";

export interface ExportProgress {
  phase: "idle" | "reading" | "failed" | "done";
  events: number;
  bytes: number;
  /** Time of the oldest event read so far: exports go from the newest back. */
  reached: string | null;
  error: Error | null;
}

const NOT_BEGUN: ExportProgress = { phase: "idle", events: 0, bytes: 0, reached: null, error: null };

/** Reads page after page. After an error `start` goes on where it stopped. */
export function useExport(filters: AuditFilters, onDone: (parts: readonly string[]) => void) {
  const [progress, setProgress] = useState(NOT_BEGUN);
  const parts = useRef<string[]>([]);
  const cursor = useRef<string | undefined>(undefined);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async () => {
    const { signal } = (stop.current = new AbortController());
    setProgress((before) => ({ ...before, phase: "reading", error: null }));
    try {
      do {
        const page = await exportAuditEvents(filters, { cursor: cursor.current, signal });
        parts.current.push(page.lines);
        cursor.current = page.nextCursor ?? undefined;
        setProgress((before) => advanced(before, page.lines));
      } while (cursor.current !== undefined);
      setProgress((before) => ({ ...before, phase: "done" }));
      onDone(parts.current);
    } catch (error) {
      if (!signal.aborted) setProgress((before) => ({ ...before, phase: "failed", error: error as Error }));
    }
  };
  return { progress, start, save: () => onDone(parts.current) };
}

function advanced(before: ExportProgress, lines: string): ExportProgress {
  const all = lines.split("\n").filter((line) => line !== "");
  const last = all.at(-1);
  return {
    ...before,
    events: before.events + all.length,
    bytes: before.bytes + new Blob([lines]).size,
    reached: last === undefined ? before.reached : timeIn(last),
  };
}

/** `event` is the stored text, JSON within JSON. */
function timeIn(line: string): string {
  const { event } = JSON.parse(line) as { event: string };
  return (JSON.parse(event) as { timestamp: string }).timestamp;
}
