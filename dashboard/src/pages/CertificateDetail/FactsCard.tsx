import { Text } from "@mantine/core";

import type { Certificate, CertificateDetails } from "../../api/certificates";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { Expiry } from "../../components/Expiry";
import { type Fact, Facts } from "../../components/Facts";
import { Mono } from "../../components/Mono";
import { ExactTime, Time } from "../../components/Time";
import classes from "./CertificateDetail.module.css";
import { Publication } from "./Publication";
import { RenewalPlan } from "./RenewalPlan";
import { Section } from "./Section";

function validity(certificate: Certificate): Fact["value"] {
  if (certificate.expires_at === null) return "Not issued yet";
  return (
    <>
      <Expiry certificate={certificate} />
      <Text size="xs" c="dimmed" component="div">
        <ExactTime at={certificate.expires_at} />
      </Text>
    </>
  );
}

function factsOf(certificate: CertificateDetails): Fact[] {
  const { id, team_id, owner_id, issuer_id, profile_id, renewal_policy_id, last_renewal_at, last_deployment_at, created_at } = certificate;
  return [
    { term: "Expires", value: validity(certificate) },
    ...(certificate.revocation === null ? [] : [{ term: "Published", value: <Publication revocation={certificate.revocation} /> }]),
    { term: "Last renewal", value: <Time at={last_renewal_at} none="Never" /> },
    { term: "Last deployment", value: <Time at={last_deployment_at} none="Never" /> },
    { term: "Created", value: <Time at={created_at} /> },
    { term: "Team", value: <CatalogLink kind="teams" id={team_id} /> },
    { term: "Owner", value: <CatalogLink kind="owners" id={owner_id} /> },
    { term: "Issuer", value: <CatalogLink kind="issuers" id={issuer_id} /> },
    { term: "Profile", value: <CatalogLink kind="profiles" id={profile_id} /> },
    { term: "Renewal policy", value: <CatalogLink kind="renewal-policies" id={renewal_policy_id} /> },
    { term: "ID", value: <Mono copies="the id">{id}</Mono> },
  ];
}

export function FactsCard({ certificate }: { certificate: CertificateDetails }) {
  const tags = Object.entries(certificate.tags).map(([key, value]) => `${key}=${value}`);
  const names = certificate.sans.length > 0 ? certificate.sans : [`DNS:${certificate.common_name}`];
  return (
    <Card title="Certificate">
      <Facts facts={factsOf(certificate)} />
      <RenewalPlan certificate={certificate} />
      <Section title="Names">
        <Labels title="Names" labels={names} />
      </Section>
      {tags.length > 0 && (
        <Section title="Tags">
          <Labels title="Tags" labels={tags} />
        </Section>
      )}
    </Card>
  );
}

function Labels({ title, labels }: { title: string; labels: readonly string[] }) {
  return (
    <ul className={classes.names} aria-label={title}>
      {labels.map((label) => (
        <li key={label} className={classes.name}>
          {label}
        </li>
      ))}
    </ul>
  );
}
