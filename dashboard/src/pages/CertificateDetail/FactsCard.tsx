import type { Certificate } from "../../api/certificates";
import { Card } from "../../components/Card";
import { type Fact, Facts } from "../../components/Facts";
import { Mono } from "../../components/Mono";
import { dayOf, Time } from "../../components/Time";
import classes from "./CertificateDetail.module.css";
import { reasonLabel } from "./reasons";

function validity({ expires_at }: Certificate): Fact["value"] {
  if (expires_at === null) return "Not issued yet";
  return (
    <>
      <Time at={expires_at} /> · {dayOf(expires_at)}
    </>
  );
}

function revocation({ revoked_at, revocation_reason }: Certificate): Fact[] {
  if (revoked_at === null) return [];
  const term = revocation_reason === "certificateHold" ? "On hold since" : "Revoked";
  return [
    {
      term,
      value: (
        <>
          <Time at={revoked_at} /> · {reasonLabel(revocation_reason ?? "unspecified")}
        </>
      ),
    },
  ];
}

function factsOf(certificate: Certificate): Fact[] {
  const { id, serial_number, team_id, owner_id, issuer_id, certificate_profile_id, renewal_policy_id, last_renewal_at, created_at } = certificate;
  return [
    { term: "Expires", value: validity(certificate) },
    ...revocation(certificate),
    { term: "Last renewal", value: <Time at={last_renewal_at} none="Never" /> },
    { term: "Created", value: <Time at={created_at} /> },
    { term: "Team", value: team_id },
    { term: "Owner", value: owner_id },
    { term: "Issuer", value: issuer_id },
    { term: "Profile", value: certificate_profile_id },
    { term: "Renewal policy", value: renewal_policy_id },
    { term: "Serial number", value: serial_number === null ? "–" : <Mono copies="the serial number">{serial_number}</Mono> },
    { term: "Id", value: <Mono copies="the id">{id}</Mono> },
  ];
}

export function FactsCard({ certificate }: { certificate: Certificate }) {
  const tags = Object.entries(certificate.tags).map(([key, value]) => `${key}=${value}`);
  const names = certificate.sans.length > 0 ? certificate.sans : [`DNS:${certificate.common_name}`];
  return (
    <Card title="Certificate">
      <Facts facts={factsOf(certificate)} />
      <Labels title="Names" labels={names} />
      {certificate.target_ids.length > 0 && <Labels title="Targets" labels={certificate.target_ids} />}
      {tags.length > 0 && <Labels title="Tags" labels={tags} />}
    </Card>
  );
}

function Labels({ title, labels }: { title: string; labels: readonly string[] }) {
  return (
    <div className={classes.section}>
      <div className={classes.sectionTitle}>{title}</div>
      <ul className={classes.names} aria-label={title}>
        {labels.map((label) => (
          <li key={label} className={classes.name}>
            {label}
          </li>
        ))}
      </ul>
    </div>
  );
}
