/** What has become of each certificate: what the API answered, and of a renewal how its job stands. */

import { useQueries } from "@tanstack/react-query";

import type { Certificate } from "../../api/certificates";
import { getJob, isOpenJob, type Job, jobKeys } from "../../api/jobs";
import type { CsvCell } from "../../components/csv";
import type { Tone } from "../../components/StatusBadge";
import type { RowState, Run } from "./useRun";

const WATCH_MS = 2_000;
/** So many jobs are asked for every WATCH_MS; of more, each is asked for less often. */
const AT_ONCE = 10;

export interface Result {
  certificate: Certificate;
  word: string;
  tone: Tone;
  note: string;
  jobId: string | null;
  isEnded: boolean;
}

function jobIdOf(state: RowState | undefined): string | null {
  return state?.kind === "done" ? state.jobId : null;
}

export function useResults(run: Run): Result[] {
  const started = run.rows.flatMap(({ id }) => jobIdOf(run.states.get(id)) ?? []);
  const interval = WATCH_MS * Math.max(1, started.length / AT_ONCE);
  const jobs = useQueries({
    queries: started.map((id) => ({
      queryKey: jobKeys.one(id),
      queryFn: ({ signal }: { signal: AbortSignal }) => getJob(id, signal),
      refetchInterval: ({ state: { data } }: { state: { data: Job | undefined } }) =>
        data === undefined || isOpenJob(data) ? interval : (false as const),
    })),
  });
  const byId = new Map(jobs.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data] as const])));
  return run.rows.map((certificate) => {
    const state = run.states.get(certificate.id) ?? { kind: "waiting" };
    return { certificate, ...inWords(state, byId.get(jobIdOf(state) ?? ""), run.isStopped && !run.isRunning) };
  });
}

type Words = Omit<Result, "certificate">;

function inWords(state: RowState, job: Job | undefined, isStopped: boolean): Words {
  const plain = { jobId: null, note: "", isEnded: true };
  if (state.kind === "left out") return { ...plain, word: "Left out", tone: "idle", note: state.note };
  if (state.kind === "failed") return { ...plain, word: "Refused", tone: "bad", note: state.note };
  if (state.kind === "sent") return { ...plain, word: "Sending", tone: "busy", isEnded: false };
  if (state.kind === "waiting")
    return isStopped
      ? { ...plain, word: "Not sent", tone: "idle", note: "Stopped before it was sent." }
      : { ...plain, word: "Waiting", tone: "idle", isEnded: false };
  if (state.jobId === null) return { ...plain, word: state.note, tone: "ok" };
  return ofJob(state.jobId, job);
}

const JOB_WORDS: Partial<Record<Job["status"], readonly [word: string, tone: Tone, note: string]>> = {
  Completed: ["Renewed", "ok", ""],
  Failed: ["Failed", "bad", ""],
  Cancelled: ["Cancelled", "idle", ""],
  AwaitingCSR: ["Awaiting CSR", "warn", "Its agent or a person has to submit a CSR within 24 hours."],
  AwaitingApproval: ["Awaiting approval", "warn", "Someone else has to approve it."],
};

function ofJob(jobId: string, job: Job | undefined): Words {
  if (job === undefined) return { jobId, word: "Started", tone: "busy", note: "", isEnded: false };
  const [word, tone, note] = JOB_WORDS[job.status] ?? ["In progress", "busy", ""];
  return { jobId, word, tone, note: job.last_error ?? note, isEnded: !isOpenJob(job) };
}

export const RESULT_COLUMNS: Readonly<Record<string, (row: Result) => CsvCell>> = {
  id: ({ certificate }) => certificate.id,
  name: ({ certificate }) => certificate.name,
  result: ({ word }) => word,
  note: ({ note }) => note,
  job_id: ({ jobId }) => jobId,
};

/** "2 Renewed, 1 Refused". */
export function tally(results: readonly Result[]): string {
  const counts = new Map<string, number>();
  for (const { word } of results) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count.toLocaleString("en")} ${word.toLowerCase()}`).join(", ");
}
