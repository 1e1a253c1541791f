import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { ApiError } from "../api/errors";
import { getJob, type JobDetails } from "../api/jobs";
import { JobLink } from "../components/JobLink";
import { notify } from "../components/notices";
import { useCan } from "../components/session";
import { labelOf } from "../components/StatusBadge";

const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;
const GROWTH = 1.5;
/** About 45 minutes. */
const MOST_READS = 50;
const MOST_AT_ONCE = 10;
const ENDED: Partial<Record<JobDetails["status"], { color: string; word: string }>> = {
  Completed: { color: "green", word: "has completed" },
  Failed: { color: "red", word: "has failed" },
  Cancelled: { color: "yellow", word: "was cancelled" },
};

/** Shows a notice when a job that this tab has started ends, on whatever page the reader is by then. It follows what the API's responses to
 *  writes name, so that no form has to ask for it; jobs that have ended already, or go on for long, are not followed. */
export function useStartedJobs(): void {
  const queries = useQueryClient();
  const mayRead = useCan("jobs:read");
  useEffect(() => {
    if (!mayRead) return undefined;
    const followed = new Map<string, number>();
    const wait = (id: string, ms: number, reads: number) => {
      followed.set(
        id,
        window.setTimeout(() => void read(id, ms, reads), ms),
      );
    };
    const read = async (id: string, ms: number, reads: number) => {
      // A hidden tab reads only what its title counts.
      if (document.hidden) {
        wait(id, ms, reads);
        return;
      }
      const job = await getJob(id).catch(unlessGone);
      if (!followed.has(id)) return;
      if (job === null || reads >= MOST_READS) {
        followed.delete(id);
        return;
      }
      if (job === undefined || ENDED[job.status] === undefined) {
        wait(id, Math.min(ms * GROWTH, LONGEST_WAIT_MS), reads + 1);
        return;
      }
      followed.delete(id);
      say(job);
    };
    const stop = queries.getMutationCache().subscribe((event) => {
      if (event.type !== "updated" || event.action.type !== "success") return;
      for (const id of startedBy(event.action.data)) {
        if (!followed.has(id) && followed.size < MOST_AT_ONCE) wait(id, FIRST_WAIT_MS, 1);
      }
    });
    return () => {
      stop();
      for (const timer of followed.values()) window.clearTimeout(timer);
      followed.clear();
    };
  }, [queries, mayRead]);
}

/** The jobs that a response names as started: `job_id`, `job_ids`, or the job itself. */
export function startedBy(response: unknown): string[] {
  if (typeof response !== "object" || response === null) return [];
  const { id, status, job_id, job_ids } = response as Partial<Record<string, unknown>>;
  const isOpenJob = typeof status === "string" && !(status in ENDED);
  const named = [job_id, ...(Array.isArray(job_ids) ? (job_ids as unknown[]) : []), isOpenJob ? id : null];
  return named.filter((one): one is string => typeof one === "string" && one.startsWith("job-"));
}

/** Undefined while the API does not respond; null for a job that cannot be read. */
function unlessGone(error: unknown): null | undefined {
  return error instanceof ApiError && (error.status === 404 || error.status === 403) ? null : undefined;
}

function say({ id, type, status, certificate_name, certificate_id, last_error }: JobDetails): void {
  const { color, word } = ENDED[status] ?? { color: "gray", word: "has ended" };
  const subject = certificate_name ?? certificate_id;
  const title = `${labelOf(type)}${subject === null ? "" : ` of ${subject}`} ${word}`;
  notify({
    color,
    title,
    message: (
      <>
        {status === "Failed" && last_error !== null && `${last_error} `}
        <JobLink id={id} isInText>
          Open the job
        </JobLink>
      </>
    ),
    autoClose: status === "Failed" ? false : 8_000,
  });
}
