import { useEffect, useRef, useState } from "react";

import type { AuditFilters } from "../../api/audit";
import type { PageRequest } from "../../api/paging";

export interface ExportProgress {
  phase: "idle" | "reading" | "failed" | "done";
  events: number;
  bytes: number;
  /** Time of the oldest event read so far: exports go from the newest back. */
  reached: string | null;
  /** Whether older events were left out, because the file has as many as it may. */
  isCut: boolean;
  error: Error | null;
}

/** A page in the form of the file. */
export interface ExportedPart {
  text: string;
  events: number;
  oldest: string | null;
  nextCursor: string | null;
}

export interface ExportForm {
  read: (filters: AuditFilters, request: PageRequest) => Promise<ExportedPart>;
  /** The export ends with the page that reaches it. */
  mostEvents: number;
  save: (parts: readonly string[]) => void;
}

const NOT_BEGUN: ExportProgress = { phase: "idle", events: 0, bytes: 0, reached: null, isCut: false, error: null };

/** Reads page after page. After an error `start` goes on where it stopped. */
export function useExport(filters: AuditFilters, { read, mostEvents, save }: ExportForm) {
  const [progress, setProgress] = useState(NOT_BEGUN);
  const parts = useRef<string[]>([]);
  const events = useRef(0);
  const cursor = useRef<string | undefined>(undefined);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async () => {
    const { signal } = (stop.current = new AbortController());
    setProgress((before) => ({ ...before, phase: "reading", error: null }));
    try {
      do {
        const part = await read(filters, { cursor: cursor.current, signal });
        parts.current.push(part.text);
        events.current += part.events;
        cursor.current = part.nextCursor ?? undefined;
        setProgress((before) => advanced(before, part));
      } while (cursor.current !== undefined && events.current < mostEvents);
      setProgress((before) => ({ ...before, phase: "done", isCut: cursor.current !== undefined }));
      save(parts.current);
    } catch (error) {
      if (!signal.aborted) setProgress((before) => ({ ...before, phase: "failed", error: error as Error }));
    }
  };
  return { progress, start, save: () => save(parts.current) };
}

function advanced(before: ExportProgress, { text, events, oldest }: ExportedPart): ExportProgress {
  return {
    ...before,
    events: before.events + events,
    bytes: before.bytes + new Blob([text]).size,
    reached: oldest ?? before.reached,
  };
}
