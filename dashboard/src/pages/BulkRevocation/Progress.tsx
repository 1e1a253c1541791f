import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { getJob, isOpenJob, jobKeys } from "../../api/jobs";
import { Card } from "../../components/Card";
import { BulkProgress } from "../../components/BulkProgress";
import { JobLink } from "../../components/JobLink";
import { QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";

const WATCH_MS = 2_000;

/** The job, until it has ended. */
export function Progress({ jobId }: { jobId: string }) {
  const query = useQuery({
    queryKey: jobKeys.one(jobId),
    queryFn: ({ signal }) => getJob(jobId, signal),
    refetchInterval: ({ state: { data } }) => (data === undefined || isOpenJob(data) ? WATCH_MS : false),
  });
  return (
    <Card title="Progress" description="You can leave this page: the job continues and is listed under Jobs.">
      <QueryView query={query} what="the job">
        {(job) => (
          <>
            <Group justify="space-between" mb="md">
              <StatusBadge status={job.status} />
              <Text size="sm">
                <JobLink id={job.id}>Job {job.id}</JobLink>
              </Text>
            </Group>
            {job.progress === undefined ? <Text size="sm">Not started yet.</Text> : <BulkProgress progress={job.progress} />}
            {job.last_error !== null && (
              <Text size="sm" mt="sm" c="var(--bad)">
                {job.last_error}
              </Text>
            )}
          </>
        )}
      </QueryView>
    </Card>
  );
}
