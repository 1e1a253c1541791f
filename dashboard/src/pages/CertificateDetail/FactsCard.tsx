import { Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Certificate, CertificateDetails } from "../../api/certificates";
import type { RecordField } from "../../api/recordFields";
import { CERTIFICATE_FIELDS, isList, pairsOf, textOf } from "../../components/certificateFields";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { Expiry } from "../../components/Expiry";
import { type Fact, Facts } from "../../components/Facts";
import { Mono } from "../../components/Mono";
import { subjectTexts } from "../../components/pki/subject";
import { ExactTime, Time } from "../../components/Time";
import { AcmeClient } from "./AcmeClient";
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

/** The header has the others. */
const FIELDS = CERTIFICATE_FIELDS.filter(
  (field) => field.create !== null && !isList(field) && !["id", "name", "common_name", "environment"].includes(field.name),
);

function factOf(certificate: Certificate, { name, refersTo }: RecordField): ReactNode {
  const value = textOf(certificate, name);
  return refersTo === null ? value || "–" : <CatalogLink kind={refersTo} id={value} />;
}

function factsOf(certificate: CertificateDetails): Fact[] {
  const { id, last_renewal_at, last_deployment_at, created_at } = certificate;
  return [
    { term: "Expires", value: validity(certificate) },
    ...(certificate.revocation === null ? [] : [{ term: "Published", value: <Publication revocation={certificate.revocation} /> }]),
    { term: "Last renewal", value: <Time at={last_renewal_at} none="Never" /> },
    { term: "Last deployment", value: <Time at={last_deployment_at} none="Never" /> },
    { term: "Created", value: <Time at={created_at} /> },
    ...FIELDS.map((field) => ({ term: field.label, value: factOf(certificate, field) })),
    { term: "ID", value: <Mono copies="the id">{id}</Mono> },
  ];
}

export function FactsCard({ certificate }: { certificate: CertificateDetails }) {
  const tags = pairsOf(certificate.tags);
  const subject = subjectTexts(certificate.subject);
  const names = certificate.sans.length > 0 ? certificate.sans : [`DNS:${certificate.common_name}`];
  return (
    <Card title="Certificate">
      <Facts facts={factsOf(certificate)} />
      <RenewalPlan certificate={certificate} />
      <AcmeClient certificate={certificate} />
      <Section title="Names">
        <Labels title="Names" labels={names} />
      </Section>
      {subject.length > 0 && (
        <Section title="Subject">
          <Labels title="Subject" labels={subject} />
        </Section>
      )}
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
