import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { Certificate } from "../../api/certificates";
import { messageOf } from "../../api/errors";
import { noteAct } from "../../api/polling";
import { readAnew } from "../../api/readAnew";
import type { Act, Outcome, Wish } from "./acts";
import { eachOf } from "./eachOf";

export type RowState =
  | { kind: "waiting" }
  | { kind: "sent" }
  | ({ kind: "done" } & Outcome)
  | { kind: "failed"; note: string }
  | { kind: "left out"; note: string };

export interface Run {
  rows: readonly Certificate[];
  states: ReadonlyMap<string, RowState>;
  isRunning: boolean;
  isStopped: boolean;
  stop: () => void;
}

/** `start` sends the requests; leaving the page stops it after those that are on their way. Null before. */
export function useRun(act: Act) {
  const queries = useQueryClient();
  const [rows, setRows] = useState<readonly Certificate[] | null>(null);
  const [states, setStates] = useState<ReadonlyMap<string, RowState>>(new Map());
  const [isRunning, setRunning] = useState(false);
  const [isStopped, setStopped] = useState(false);
  const mayGoOn = useRef(true);
  useEffect(() => {
    mayGoOn.current = true;
    return () => {
      mayGoOn.current = false;
    };
  }, []);
  useWarning(isRunning);
  const put = (id: string, state: RowState) => setStates((before) => new Map(before).set(id, state));
  const start = async (all: readonly Certificate[], wish: Wish) => {
    const leftOut = (row: Certificate) => act.whyNot(row, wish);
    setRows(all);
    setStates(new Map(all.map((row) => [row.id, startOf(leftOut(row))])));
    setRunning(true);
    await eachOf(
      all.filter((row) => leftOut(row) === null),
      async (row) => {
        put(row.id, { kind: "sent" });
        put(row.id, await outcomeOf(act, row, wish));
      },
      () => mayGoOn.current,
    );
    setRunning(false);
    noteAct();
    await readAnew(queries);
  };
  const stop = () => {
    mayGoOn.current = false;
    setStopped(true);
  };
  const run: Run | null = rows === null ? null : { rows, states, isRunning, isStopped, stop };
  return { run, start };
}

function startOf(why: string | null): RowState {
  return why === null ? { kind: "waiting" } : { kind: "left out", note: why };
}

async function outcomeOf(act: Act, row: Certificate, wish: Wish): Promise<RowState> {
  try {
    return { kind: "done", ...(await act.run(row, wish)) };
  } catch (error) {
    return { kind: "failed", note: messageOf(error) };
  }
}

/** The browser asks before the tab is closed. */
function useWarning(isRunning: boolean): void {
  useEffect(() => {
    if (!isRunning) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isRunning]);
}
