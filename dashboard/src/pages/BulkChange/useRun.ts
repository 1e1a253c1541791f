import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { Certificate } from "../../api/certificates";
import { messageOf } from "../../api/errors";
import { noteAct } from "../../api/polling";
import { refetchAfterWrite } from "../../api/refetchAfterWrite";
import { useLeaveWarning } from "../../components/useLeaveWarning";
import type { BulkAction, Outcome, BulkInput } from "./actions";
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
export function useRun(action: BulkAction) {
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
  useLeaveWarning(isRunning);
  const put = (id: string, state: RowState) => setStates((before) => new Map(before).set(id, state));
  const start = async (all: readonly Certificate[], input: BulkInput) => {
    const leftOut = (row: Certificate) => action.whyNot(row, input);
    setRows(all);
    setStates(new Map(all.map((row) => [row.id, startOf(leftOut(row))])));
    setRunning(true);
    await eachOf(
      all.filter((row) => leftOut(row) === null),
      async (row) => {
        put(row.id, { kind: "sent" });
        put(row.id, await outcomeOf(action, row, input));
      },
      () => mayGoOn.current,
    );
    setRunning(false);
    noteAct();
    await refetchAfterWrite(queries);
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

async function outcomeOf(action: BulkAction, row: Certificate, input: BulkInput): Promise<RowState> {
  try {
    return { kind: "done", ...(await action.run(row, input)) };
  } catch (error) {
    return { kind: "failed", note: messageOf(error) };
  }
}
