import { Alert, Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import type { ConfirmedCampaign } from "../../api/campaigns";
import { isNotFound } from "../../api/errors";
import { type KeyUse, type KeyUses as Uses, keyUseKeys, readKeyUses } from "../../api/keyUses";
import { listOf, type ReadableList } from "../../api/paging";
import { SLOW_POLL_MS } from "../../api/polling";
import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { CertificateLink } from "../../components/CertificateLink";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { type Column, DataTable } from "../../components/DataTable";
import { Countdown } from "../../components/Countdown";
import { JobLink } from "../../components/JobLink";
import layout from "../../components/layout.module.css";
import { Mono } from "../../components/Mono";
import { PageHeader } from "../../components/PageHeader";
import { useCan } from "../../components/session";
import { StartCampaign } from "../../components/StartCampaign";
import { Empty, QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { counted } from "../../components/words/count";
import { reasonLabel } from "../CertificateDetail/reasons";
import { ObservedCard } from "./ObservedCard";
import { agentsOf, openJobsOf, targetsOf, totalsOf, validOf } from "./uses";

const REFUSED = {
  compromised: { title: "This key is compromised", text: "No certificate is issued for it again." },
  held: { title: "A certificate with this key is on hold", text: "No certificate is issued for the key until the hold ends." },
} as const;

/** What the leak of one key would touch. */
export default function KeyUses() {
  const { spki = "" } = useParams();
  const query = useQuery({
    queryKey: keyUseKeys.one(spki),
    queryFn: ({ signal }) => readKeyUses(spki, signal),
    refetchInterval: SLOW_POLL_MS,
  });
  const isMissing = isNotFound(query.error);
  return (
    <>
      <PageHeader
        title="Key"
        above={<BackLink to="/certificates">Certificates</BackLink>}
        description={<Mono copies="the key’s hash">{spki}</Mono>}
        docs="leakedKey"
        actions={query.data && !isReplaced(query.data) && <StartCampaign choice={`spki=${spki}&reason=keyCompromise`} variant="filled" />}
      />
      {isMissing ? (
        <Empty title="No certificate with this key" icon="search">
          Certificates of teams that you cannot access may have it.
        </Empty>
      ) : (
        <QueryView query={query} what="this key">
          {(uses) => <Cards uses={uses} query={query} />}
        </QueryView>
      )}
    </>
  );
}

interface CardsProps {
  uses: Uses;
  query: Pick<ReadableList<KeyUse>, "error" | "isFetching" | "refetch">;
}

function Cards({ uses, query }: CardsProps) {
  const { refused, campaign, records, observed, isPart } = uses;
  return (
    <div className={layout.stack}>
      {campaign !== null && <CampaignBanner campaign={campaign} isRefused={refused === "compromised"} />}
      {refused !== null && !(refused === "compromised" && campaign !== null) && (
        <Alert color="red" title={REFUSED[refused].title}>
          {REFUSED[refused].text}
        </Alert>
      )}
      <Card title="Certificates with this key" description={summaryOf(uses)} flush>
        <DataTable
          list={listOf(records, query)}
          columns={COLUMNS}
          rowKey={({ certificate_id }) => certificate_id}
          what="certificates"
          empty={<Empty title="None that you can access" />}
          note={isPart ? "There are more: use certctl keys show." : undefined}
        />
      </Card>
      {observed !== null && observed.length > 0 && <ObservedCard observed={observed} query={query} />}
    </div>
  );
}

/** Whether a campaign works on the key: another one would do the same again. */
function isReplaced({ campaign }: Uses): boolean {
  return campaign?.state === "running" || campaign?.state === "paused";
}

const CAMPAIGN_TITLES: Record<ConfirmedCampaign["state"], string> = {
  finding: "A campaign looks for certificates with this key",
  unconfirmed: "A campaign for this key awaits confirmation",
  running: "A campaign replaces this key",
  paused: "A campaign replaces this key, and is paused",
  completed: "A campaign has replaced this key",
  cancelled: "A campaign for this key was cancelled",
  failed: "A campaign for this key was stopped",
};

function CampaignBanner({ campaign, isRefused }: { campaign: ConfirmedCampaign; isRefused: boolean }) {
  const { id, state, reason, deadline, on_deadline } = campaign;
  const mayRead = useCan("campaigns:read");
  const works = state === "running" || state === "paused";
  return (
    <Alert color={isRefused ? "red" : "blue"} title={`${CAMPAIGN_TITLES[state]}: ${reasonLabel(reason).toLowerCase()}`} role="status">
      {isRefused && "No certificate is issued for this key again. "}
      {works && deadline !== null && (
        <>
          Deadline: <Countdown at={deadline} over="passed" />.
          {on_deadline === "revoke" && " Old versions that are left are revoked then."}{" "}
        </>
      )}
      {mayRead && (
        <Anchor component={Link} to={`/campaigns/${id}`} inherit underline="always">
          View the campaign
        </Anchor>
      )}
    </Alert>
  );
}

function summaryOf(uses: Uses): string {
  const { valid, targets, agents, openJobs } = totalsOf(uses.records);
  return `If it leaks: ${counted(valid, "valid versions")} on ${counted(targets, "targets")} of ${counted(agents, "agents")}; ${counted(openJobs, "open jobs")}.`;
}

const COLUMNS: readonly Column<KeyUse>[] = [
  {
    id: "certificate",
    title: "Certificate",
    cell: ({ certificate_id, certificate_name }) => <CertificateLink id={certificate_id} name={certificate_name} />,
  },
  { id: "status", title: "Status", width: "130px", hideWhenNarrow: true, cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: "versions",
    title: "Valid versions",
    width: "140px",
    align: "right",
    cell: (record) => `${validOf(record)} of ${record.versions.length}`,
  },
  { id: "targets", title: "Targets", hideWhenNarrow: true, cell: (record) => <Links kind="targets" ids={targetsOf(record)} /> },
  { id: "agents", title: "Agents", hideWhenNarrow: true, cell: (record) => <Links kind="agents" ids={agentsOf(record)} /> },
  { id: "jobs", title: "Open jobs", width: "150px", hideWhenNarrow: true, cell: (record) => <Jobs record={record} /> },
];

const MOST_SHOWN = 2;

/** Null: the caller may not read them. */
function Links({ kind, ids }: { kind: "targets" | "agents"; ids: readonly string[] | null }) {
  if (ids === null) return "Not accessible";
  if (ids.length === 0) return "–";
  return (
    <>
      {ids.slice(0, MOST_SHOWN).map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <CatalogLink kind={kind} id={id} />
        </span>
      ))}
      {ids.length > MOST_SHOWN && ` and ${ids.length - MOST_SHOWN} more`}
    </>
  );
}

function Jobs({ record }: { record: KeyUse }) {
  const [first, ...others] = openJobsOf(record);
  if (first === undefined) return "–";
  return (
    <>
      <JobLink id={first.id}>{first.type}</JobLink>
      {others.length > 0 && ` and ${others.length} more`}
    </>
  );
}
