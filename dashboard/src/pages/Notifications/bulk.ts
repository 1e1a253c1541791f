/** Many requeued, step by step, so that progress can be shown and a failed step be gone on from. */

import { useEffect, useRef, useState } from "react";

import { ApiError } from "../../api/errors";
import { type BulkRequeue, requeueMany, requeueNotification } from "../../api/notifications";

export interface Step<Rest> {
  requeued: number;
  /** Changed since they were listed, so that they no longer need it. */
  refused: number;
  /** What is left, null at the end. */
  rest: Rest | null;
  error?: Error;
}

/** 500 rows are looked at in one step. */
export async function* requeueMatching(body: BulkRequeue, from: string | null): AsyncGenerator<Step<string>> {
  let cursor = from;
  do {
    const answer = await requeueMany(cursor === null ? body : { ...body, cursor });
    cursor = answer.next_cursor;
    yield { requeued: answer.requeued, refused: answer.refused, rest: cursor };
  } while (cursor !== null);
}

const AT_ONCE = 4;
const CHANGED_MEANWHILE = [404, 409];

function isChange(reason: unknown): boolean {
  return reason instanceof ApiError && CHANGED_MEANWHILE.includes(reason.status);
}

/** The API takes single ones only where they are chosen by hand. */
export async function* requeueChosen(ids: readonly string[]): AsyncGenerator<Step<string[]>> {
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const batch = ids.slice(start, start + AT_ONCE);
    const results = await Promise.allSettled(batch.map((id) => requeueNotification(id)));
    const requeued = results.filter((result) => result.status === "fulfilled").length;
    const refused = results.filter((result) => result.status === "rejected" && isChange(result.reason)).length;
    const failed = results.find((result) => result.status === "rejected" && !isChange(result.reason));
    const again = batch.filter((_, index) => isFailure(results[index]));
    const rest = [...again, ...ids.slice(start + AT_ONCE)];
    yield { requeued, refused, rest: rest.length > 0 ? rest : null, ...(failed && { error: errorOf(failed) }) };
    if (failed !== undefined) return;
  }
}

function isFailure(result: PromiseSettledResult<void> | undefined): boolean {
  return result?.status === "rejected" && !isChange(result.reason);
}

function errorOf(result: PromiseSettledResult<void>): Error {
  const reason: unknown = result.status === "rejected" ? result.reason : null;
  return reason instanceof Error ? reason : ApiError.unexpected();
}

export interface Progress<Rest> {
  phase: "idle" | "running" | "stopped" | "failed" | "done";
  requeued: number;
  refused: number;
  rest: Rest | null;
  error: Error | null;
}

const IDLE = { phase: "idle", requeued: 0, refused: 0, rest: null, error: null } as const;

/** `start(null)` begins; `start(progress.rest)` goes on. `stop` ends it after the step that is under way. */
export function useBulk<Rest>(steps: (from: Rest | null) => AsyncGenerator<Step<Rest>>, onEnd: () => void) {
  const [progress, setProgress] = useState<Progress<Rest>>(IDLE);
  const isStopped = useRef(false);
  const hasStopped = () => isStopped.current;
  const stop = () => {
    isStopped.current = true;
  };
  useEffect(
    () => () => {
      isStopped.current = true;
    },
    [],
  );
  const start = async (from: Rest | null) => {
    isStopped.current = false;
    let now: Progress<Rest> = { ...(from === null ? IDLE : progress), phase: "running", error: null };
    setProgress(now);
    try {
      for await (const step of steps(from)) {
        now = { ...now, requeued: now.requeued + step.requeued, refused: now.refused + step.refused, rest: step.rest };
        setProgress(now);
        if (step.error !== undefined) throw step.error;
        if (hasStopped()) break;
      }
      setProgress({ ...now, phase: now.rest === null ? "done" : "stopped" });
    } catch (error) {
      setProgress({ ...now, phase: "failed", error: error instanceof Error ? error : ApiError.unexpected() });
    }
    onEnd();
  };
  return { progress, start, stop };
}
