import type { Campaign } from "../../api/campaigns";
import { ActorName } from "../../components/actors";
import { CaLink } from "../../components/CaLink";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { type Fact, Facts } from "../../components/Facts";
import { JobLink } from "../../components/JobLink";
import { Mono } from "../../components/Mono";
import { ExactTime, Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import { reasonLabel } from "../CertificateDetail/reasons";
import { atDeadline } from "./words";

function deadlineOf({ deadline, deadline_hours }: Campaign): Fact["value"] {
  if (deadline === null) return `${counted(deadline_hours, "hours")} after the start`;
  return (
    <>
      <Time at={deadline} /> · <ExactTime at={deadline} />
    </>
  );
}

function choiceOf({ selection }: Campaign): Fact[] {
  const { certificate_ids, spki_sha256, ca_id, agent_id, profile_id, algorithm } = selection;
  const facts: (Fact | null)[] = [
    certificate_ids.length > 0 ? { term: "Certificates", value: counted(certificate_ids.length, "named certificates") } : null,
    spki_sha256 === null
      ? null
      : { term: "Key (SHA-256 of the SPKI)", value: <Mono copies="the key’s hash">{spki_sha256}</Mono>, isLong: true },
    ca_id === null ? null : { term: "Issued by", value: <CaLink id={ca_id} /> },
    agent_id === null ? null : { term: "Agent", value: <CatalogLink kind="agents" id={agent_id} /> },
    profile_id === null ? null : { term: "Profile", value: <CatalogLink kind="profiles" id={profile_id} /> },
    algorithm === null ? null : { term: "Algorithm", value: algorithm },
  ];
  return facts.filter((fact) => fact !== null);
}

export function FactsCard({ campaign }: { campaign: Campaign }) {
  const { reason, created_at, confirmed_at, ended_at, id, job_id, error } = campaign;
  return (
    <Card title="Campaign">
      <Facts
        facts={[
          ...choiceOf(campaign),
          { term: "Reason", value: reasonLabel(reason) },
          { term: "Deadline", value: deadlineOf(campaign) },
          { term: "At the deadline", value: atDeadline(campaign), isLong: true },
          { term: "Requested by", value: <ActorName id={campaign.requested_by} name={campaign.requested_by_name} /> },
          { term: "Created", value: <Time at={created_at} /> },
          { term: "Started", value: <Time at={confirmed_at} none="Not yet" /> },
          ...(ended_at === null ? [] : [{ term: "Ended", value: <Time at={ended_at} /> }]),
          ...(ended_at === null || error === null ? [] : [{ term: "Why", value: error }]),
          { term: "Job", value: <JobLink id={job_id} /> },
          { term: "ID", value: <Mono copies="the id">{id}</Mono> },
        ]}
      />
    </Card>
  );
}
