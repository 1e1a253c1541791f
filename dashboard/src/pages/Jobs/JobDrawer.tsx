import { Anchor, Drawer, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { getJob, type Job, type JobDetails, jobKeys } from "../../api/jobs";
import { BulkProgress } from "../../components/BulkProgress";
import { CertificateLink } from "../../components/CertificateLink";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { ActorName } from "../../components/actors";
import { type Fact, Facts } from "../../components/Facts";
import { Mono } from "../../components/Mono";
import { useShownRow } from "../../components/openRow";
import { QueryView } from "../../components/states";
import { labelOf, StatusBadge } from "../../components/StatusBadge";
import { ExactTime, Time } from "../../components/Time";
import { JobActions } from "./JobActions";
import { RetryButton } from "./RetryButton";
import { durationOf } from "./duration";
import classes from "./Jobs.module.css";
import { CAMPAIGN, campaignOf } from "./words";

const REFETCH_MS = 5_000;

/** One job, watched closely while it is open; which one stands in the address. */
export function JobDrawer() {
  const { isOpen, shownId, close } = useShownRow();
  const id = shownId ?? "";
  const query = useQuery({
    queryKey: jobKeys.one(id),
    queryFn: ({ signal }) => getJob(id, signal),
    enabled: isOpen,
    refetchInterval: REFETCH_MS,
  });
  return (
    <Drawer opened={isOpen} onClose={close} position="right" size={560} title={query.data === undefined ? "Job" : labelOf(query.data.type)}>
      <QueryView query={query} what="the job">
        {(job) => <Details job={job} />}
      </QueryView>
    </Drawer>
  );
}

function Details({ job }: { job: JobDetails }) {
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <StatusBadge status={job.status} />
        <Group gap="xs">
          <RetryButton job={job} />
          <JobActions job={job} />
        </Group>
      </Group>
      {job.last_error !== null && (
        <div className={classes.fullError} data-calm={job.status === "Cancelled" || undefined}>
          {job.last_error}
        </div>
      )}
      {job.progress !== undefined && <BulkProgress progress={job.progress} />}
      <Facts facts={factsOf(job)} />
    </Stack>
  );
}

function factsOf(job: JobDetails): Fact[] {
  return [
    ...(job.type === CAMPAIGN ? [{ term: "Campaign", value: <CampaignLink job={job} /> }] : []),
    { term: "Certificate", value: isOfMany(job) ? "Many" : <CertificateLink id={job.certificate_id} name={job.certificate_name} /> },
    { term: "Team", value: <CatalogLink kind="teams" id={job.team_id} /> },
    { term: "Attempts", value: `${job.attempts} of ${job.max_attempts}` },
    { term: "Requested by", value: <ActorName id={job.requested_by} name={job.requested_by_name} /> },
    ...approvalFacts(job),
    ...placeFacts(job),
    { term: "Created", value: <ExactTime at={job.created_at} /> },
    { term: "Scheduled", value: <Time at={job.scheduled_at} /> },
    { term: "Started", value: <Time at={job.started_at} none="Not yet" /> },
    { term: "Ended", value: <Time at={job.completed_at} none="Not yet" /> },
    { term: "Duration", value: durationOf(job) ?? "–" },
    { term: "ID", value: <Mono copies="the id">{job.id}</Mono> },
  ];
}

function isOfMany(job: Job): boolean {
  return job.progress !== undefined || job.evaluation !== undefined || job.type === CAMPAIGN;
}

/** Where it is watched, paused and cancelled. */
function CampaignLink({ job }: { job: Job }) {
  return (
    <Anchor component={Link} to={`/campaigns/${campaignOf(job)}`} inherit>
      {campaignOf(job)}
    </Anchor>
  );
}

/** The requester cannot approve it. */
function approvalFacts({ needs_approval, approved_by, approvals_given, approvals_required, approval }: JobDetails): Fact[] {
  if (!needs_approval) return [];
  const counted: Fact[] =
    approvals_required > 1 ? [{ term: "Approvals", value: `${String(approvals_given)} of ${String(approvals_required)}` }] : [];
  return [
    ...counted,
    {
      term: "Approved by",
      value:
        approved_by === null ? (
          approvals_given > 0 ? (
            "Not by everyone yet"
          ) : (
            "Not yet; the requester cannot approve it"
          )
        ) : (
          <ActorName id={approved_by} name={approval?.approved_by_name ?? null} />
        ),
    },
  ];
}

function placeFacts(job: Job): Fact[] {
  const facts: Fact[] = [];
  if (job.target_id !== null) facts.push({ term: "Target", value: <CatalogLink kind="targets" id={job.target_id} /> });
  if (job.agent_id !== null) facts.push({ term: "Agent", value: <CatalogLink kind="agents" id={job.agent_id} /> });
  return facts;
}
