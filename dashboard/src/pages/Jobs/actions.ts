import { useMutation, useQueryClient } from "@tanstack/react-query";

import { cancelJob, type Job, type JobDetails, jobKeys } from "../../api/jobs";
import { refetchAfterWrite } from "../../api/refetchAfterWrite";
import { notify } from "../../components/notices";

/** After closing the question the job is shown in its current state: loading it before would hide the refusal. */
export function useCancel() {
  const queries = useQueryClient();
  const refresh = () => void refetchAfterWrite(queries);
  const mutation = useMutation({
    mutationFn: cancelJob,
    onSuccess: (job: Job) => {
      notify({ color: "green", message: "Cancelled." });
      queries.setQueryData<JobDetails>(jobKeys.one(job.id), (before) => before && { ...before, ...job });
    },
  });
  return { ...mutation, refresh };
}
