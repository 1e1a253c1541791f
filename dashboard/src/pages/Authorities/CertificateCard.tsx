import { Button, Group } from "@mantine/core";

import type { AuthorityDetails } from "../../api/authorities";
import { Card } from "../../components/Card";
import { type Fact, Facts } from "../../components/Facts";
import { Icon } from "../../components/Icon";
import { Mono } from "../../components/Mono";
import { bytesIn } from "../../components/pki/chain";
import { saveFile } from "../../components/saveFile";
import { ExactTime, Time } from "../../components/Time";
import { reasonLabel } from "../CertificateDetail/reasons";
import { withColons } from "./crl";

const [PEM, DER] = ["application/x-pem-file", "application/pkix-cert"];

function pathLength({ path_length }: AuthorityDetails): string {
  if (path_length === null) return "No limit";
  return path_length === 0 ? "0 (issues no CAs)" : String(path_length);
}

function nameConstraints({ permitted_names, excluded_names }: AuthorityDetails): string {
  const excluded = excluded_names.map((name) => `not ${name}`);
  return [...permitted_names, ...excluded].join(", ") || "None";
}

const ANY_POLICY = "2.5.29.32.0";

function policies({ certificate_policies }: AuthorityDetails): string {
  const names = certificate_policies.map((oid) => (oid === ANY_POLICY ? "Any policy" : oid));
  return names.join(", ") || "None";
}

function urls(list: readonly string[], what: string): Fact["value"] {
  const [first] = list;
  if (first === undefined) return "None";
  return <Mono copies={what}>{first}</Mono>;
}

function revocationOf({ revoked_at, revocation_reason, ocsp_revoked_for_all }: AuthorityDetails): Fact[] {
  if (revoked_at === null) return [];
  const reason = revocation_reason === null ? "" : ` · ${reasonLabel(revocation_reason)}`;
  const everything = ocsp_revoked_for_all ? " · OCSP calls all its certificates revoked" : "";
  return [
    {
      term: "Revoked",
      value: (
        <>
          <ExactTime at={revoked_at} />
          {reason}
          {everything}
        </>
      ),
    },
  ];
}

function factsOf(authority: AuthorityDetails): Fact[] {
  const { subject, issuer, key_algorithm, key_bits, key_arn } = authority;
  return [
    ...revocationOf(authority),
    { term: "Subject", value: subject },
    { term: "Issued by", value: issuer === subject ? "Itself (root CA)" : issuer },
    { term: "Valid from", value: <ExactTime at={authority.not_before} /> },
    {
      term: "Valid until",
      value: (
        <>
          <ExactTime at={authority.not_after} /> · <Time at={authority.not_after} />
        </>
      ),
    },
    { term: "Key", value: key_bits === null ? key_algorithm : `${key_algorithm}, ${key_bits} bits` },
    ...(key_arn === null ? [] : [{ term: "KMS key", value: <Mono copies="the key's ARN">{key_arn}</Mono>, isLong: true }]),
    { term: "Signature", value: authority.signature_algorithm },
    { term: "Path length", value: pathLength(authority) },
    { term: "Name constraints", value: nameConstraints(authority) },
    { term: "Certificate policies", value: policies(authority) },
    { term: "Serial number", value: <Mono copies="the serial number">{authority.serial_number}</Mono>, isLong: true },
    { term: "SHA-256 fingerprint", value: <Mono copies="the fingerprint">{withColons(authority.fingerprint_sha256)}</Mono>, isLong: true },
    { term: "Subject key identifier", value: <Mono copies="the key identifier">{authority.subject_key_identifier}</Mono>, isLong: true },
    { term: "Its own CRL (CDP)", value: urls(authority.crl_urls, "the CDP"), isLong: true },
    { term: "Its issuer (AIA)", value: urls(authority.issuer_urls, "the AIA"), isLong: true },
    { term: "AIA in its certificates", value: <Mono copies="the certificate's URL">{authority.certificate_url}</Mono>, isLong: true },
    { term: "OCSP in its certificates", value: authority.ocsp_url ?? "None" },
    { term: "ID", value: <Mono copies="the id">{authority.ca_id}</Mono>, isLong: true },
  ];
}

export function CertificateCard({ authority }: { authority: AuthorityDetails }) {
  return (
    <Card title="Certificate" actions={<Downloads authority={authority} />}>
      <Facts facts={factsOf(authority)} />
    </Card>
  );
}

function Downloads({ authority: { ca_id, certificate_pem, chain_pem } }: { authority: AuthorityDetails }) {
  const icon = <Icon name="download" size={14} />;
  return (
    <Group gap="xs">
      <Button variant="default" size="xs" leftSection={icon} onClick={() => saveFile(`${ca_id}.pem`, [certificate_pem], PEM)}>
        PEM
      </Button>
      <Button variant="default" size="xs" leftSection={icon} onClick={() => saveFile(`${ca_id}.crt`, [bytesIn(certificate_pem)], DER)}>
        DER
      </Button>
      {chain_pem !== "" && (
        <Button
          variant="default"
          size="xs"
          leftSection={icon}
          onClick={() => saveFile(`${ca_id}-chain.pem`, [certificate_pem, chain_pem], PEM)}
        >
          Chain
        </Button>
      )}
    </Group>
  );
}
