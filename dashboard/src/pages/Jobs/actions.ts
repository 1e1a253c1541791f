import { notifications as toasts } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { approveJob, cancelJob, type Job, type JobDetails, jobKeys, rejectJob } from "../../api/jobs";

export type Deed = "approve" | "reject" | "cancel";

const CALLS = { approve: approveJob, reject: rejectJob, cancel: cancelJob };
const DONE = { approve: "Approved. The job goes on.", reject: "Rejected.", cancel: "Cancelled." };

/** After closing the question the job is shown in its current state: loading it before would hide the refusal. */
export function useDeed(deed: Deed) {
  const queries = useQueryClient();
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: jobKeys.all });
    // A job that ends or goes on changes its certificate, too.
    void queries.invalidateQueries({ queryKey: ["certificates"] });
  };
  const mutation = useMutation({
    mutationFn: (id: string) => CALLS[deed](id),
    onSuccess: (job: Job) => {
      toasts.show({ color: "green", message: DONE[deed] });
      queries.setQueryData<JobDetails>(jobKeys.one(job.id), (before) => before && { ...before, ...job });
    },
  });
  return { ...mutation, refresh };
}
