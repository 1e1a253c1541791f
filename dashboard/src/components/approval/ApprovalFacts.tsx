import { Alert, List, Text } from "@mantine/core";

import type { CertificateDetails } from "../../api/certificates";
import type { Schemas } from "../../api/client";
import type { JobDetails } from "../../api/jobs";
import { ActorName } from "../actors";
import { CatalogLink } from "../catalog/CatalogName";
import { type Fact, Facts } from "../Facts";
import { Mono } from "../Mono";
import { subjectTexts } from "../pki/subject";
import { StatusBadge } from "../StatusBadge";
import { Time } from "../Time";
import { keyWords } from "../words/keyWords";
import classes from "./Approval.module.css";
import type { Approval } from "./useApproval";

type ApprovalView = Schemas["ApprovalView"];

/** Everything that is approved: who asked, for which names and key, by which issuer and profile, and what the policies say. */
export function ApprovalFacts({ job, certificate }: Approval) {
  const { approval } = job;
  return (
    <>
      <Facts facts={factsOf(job, certificate)} />
      {approval !== null && <Checks approval={approval} />}
    </>
  );
}

function factsOf(job: JobDetails, certificate: CertificateDetails): Fact[] {
  const names = certificate.sans.length > 0 ? certificate.sans : [`DNS:${certificate.common_name}`];
  return [
    { term: "Requested by", value: <Requester job={job} /> },
    { term: "Requested", value: <Time at={job.created_at} /> },
    ...givenFacts(job),
    { term: "Common name", value: certificate.common_name },
    { term: names.length === 1 ? "Name" : `${String(names.length)} names`, value: <Names names={names} /> },
    ...subjectFacts(certificate),
    ...csrFacts(job.approval?.csr ?? null, names),
    { term: "Issuer", value: <CatalogLink kind="issuers" id={certificate.issuer_id} /> },
    { term: "Profile", value: <CatalogLink kind="profiles" id={certificate.profile_id} /> },
    { term: "Team", value: <CatalogLink kind="teams" id={certificate.team_id} /> },
    { term: "Owner", value: <CatalogLink kind="owners" id={certificate.owner_id} /> },
    { term: "Environment", value: certificate.environment || "–" },
  ];
}

/** "1 of 2", and whose. One that is the only one needs no count. */
function givenFacts({ approvals_given, approvals_required, approval }: JobDetails): Fact[] {
  if (approvals_required <= 1) return [];
  const names = approval?.given.map(({ approved_by, approved_by_name }) => approved_by_name ?? approved_by) ?? [];
  const count = `${String(approvals_given)} of ${String(approvals_required)}`;
  return [{ term: "Approvals", value: names.length === 0 ? count : `${count}: ${names.join(", ")}` }];
}

export function Requester({ job: { requested_by, requested_by_name } }: { job: JobDetails }) {
  return <ActorName id={requested_by} name={requested_by_name} />;
}

function Names({ names }: { names: readonly string[] }) {
  return (
    <ul className={classes.names}>
      {names.map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
}

function subjectFacts({ subject }: CertificateDetails): Fact[] {
  const texts = subjectTexts(subject);
  return texts.length === 0 ? [] : [{ term: "Subject", value: <Names names={texts} /> }];
}

function csrFacts(csr: Schemas["JobCsrView"] | null, issued: readonly string[]): Fact[] {
  if (csr === null) return [{ term: "CSR", value: "None yet" }];
  const ignored = [...csr.ignored_subject, ...csr.ignored_extensions];
  const isSame = csr.names.length === issued.length && csr.names.every((name) => issued.includes(name));
  return [
    { term: "Key", value: keyWords(csr.key_type) },
    { term: "Names in the CSR", value: isSame ? "The same" : csr.names.join(", ") || "None" },
    ...(ignored.length > 0 ? [{ term: "Ignored in the CSR", value: ignored.join(", ") }] : []),
    { term: "Key SHA-256", value: <Mono copies="the key hash">{csr.key_sha256}</Mono> },
  ];
}

function Checks({ approval: { problems, policies } }: { approval: ApprovalView }) {
  if (problems.length === 0 && policies.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Complies with every policy at this time.
      </Text>
    );
  }
  const isRefused = problems.length > 0 || policies.some(({ refuses }) => refuses);
  return (
    <Alert color={isRefused ? "red" : "yellow"} title={isRefused ? "Cannot be issued now" : "Policy warnings"}>
      <List size="sm" aria-label="Findings">
        {problems.map(({ field, message }) => (
          <List.Item key={`${field} ${message}`}>{message}</List.Item>
        ))}
        {policies.map(({ policy_id, policy_name, severity, message }) => (
          <List.Item key={policy_id}>
            <StatusBadge status={severity} /> {policy_name}: {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
