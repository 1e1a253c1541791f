import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { ApiError } from "../../api/errors";
import { beginImport, completeImport, type Import, type ImportedCertificate, inventoryKeys, sendImportChunk } from "../../api/inventory";
import { noteAct } from "../../api/polling";
import { useRepeatable } from "../../api/repeatable";
import { useLeaveWarning } from "../../components/useLeaveWarning";
import { chunksOf } from "./entries";
import type { Problem } from "./useFiles";
import { useMayGoOn } from "./useMayGoOn";

/** Rows of one month are in few partitions: `certctl inventory import` waits likewise. */
const ROWS_A_SECOND = 300;
const MOST_TRIES = 60;

interface Wanted {
  name: string;
  teamId: string;
  entries: readonly ImportedCertificate[];
}

/** What was sent before a request failed: the next try continues from there. */
interface Sent {
  id: string;
  chunks: number;
  refused: Problem[];
}

export interface Outcome {
  record: Import;
  refused: Problem[];
}

/** One import. Chunks have numbers and can be sent again, so that a failed one is tried again without doing anything twice. */
export function useImport() {
  const queries = useQueryClient();
  const begin = useRepeatable(beginImport);
  const sent = useRef<Sent | null>(null);
  const [done, setDone] = useState(0);
  const mayGoOn = useMayGoOn();
  const run = async ({ name, teamId, entries }: Wanted): Promise<Outcome> => {
    const { id } = sent.current ?? (await begin({ name, ...(teamId !== "" && { team_id: teamId }) }));
    const state = (sent.current ??= { id, chunks: 0, refused: [] });
    let freeAt = 0;
    for (const chunk of chunksOf(entries).slice(state.chunks)) {
      await until(freeAt);
      if (!mayGoOn.current) throw new Error("The page was left.");
      const beganAt = Date.now();
      const { refused, added } = await sentWithinPace(() => sendImportChunk(id, state.chunks + 1, chunk));
      freeAt = beganAt + (added / ROWS_A_SECOND) * 1000;
      Object.assign(state, { chunks: state.chunks + 1, refused: [...state.refused, ...refused] });
      setDone((before) => before + chunk.length);
    }
    return { record: await completeImport(id), refused: state.refused };
  };
  const mutation = useMutation({
    mutationFn: run,
    onSuccess: async () => {
      noteAct();
      await queries.invalidateQueries({ queryKey: inventoryKeys.all });
    },
  });
  useLeaveWarning(mutation.isPending);
  const reset = () => {
    sent.current = null;
    setDone(0);
    mutation.reset();
  };
  return { ...mutation, done, reset };
}

/** The server takes ROWS_A_SECOND of all imports together: a chunk that came too early was not taken, and is sent again. */
async function sentWithinPace<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 429 || tries === MOST_TRIES) throw error;
      await until(Date.now() + (error.retryAfterMs ?? 1_000));
    }
  }
}

async function until(at: number): Promise<void> {
  const waitMs = at - Date.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
