import { useQuery } from "@tanstack/react-query";

import type { Certificate } from "../../api/certificates";
import { getJob, type JobDetails, jobKeys } from "../../api/jobs";
import { useCan } from "../../components/session";

const WATCH_MS = 5_000;

/** The job that is open for it; undefined without one, or while it is read. */
export function useOpenJob({ open_job_id }: Certificate): JobDetails | undefined {
  const mayRead = useCan("jobs:read");
  const id = open_job_id ?? "";
  const { data } = useQuery({
    queryKey: jobKeys.one(id),
    queryFn: ({ signal }) => getJob(id, signal),
    enabled: mayRead && open_job_id !== null,
    refetchInterval: WATCH_MS,
  });
  return open_job_id === null ? undefined : data;
}
