import { Anchor, List } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { isNotFound } from "../../api/errors";
import { getObserved, inventoryKeys, type ObservedDetails } from "../../api/inventory";
import { SLOW_POLL_MS } from "../../api/polling";
import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { CertificateLink } from "../../components/CertificateLink";
import { Expiry } from "../../components/Expiry";
import { type Fact, Facts } from "../../components/Facts";
import layout from "../../components/layout.module.css";
import { Copy, Mono } from "../../components/Mono";
import { PageHeader } from "../../components/PageHeader";
import { Empty, QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { ExactTime, Time } from "../../components/Time";
import { ChangeBelonging } from "./BelongingModal";
import { PlacesCard } from "./PlacesCard";
import { useIsOwn } from "./useIsOwn";
import { expiring, keyWords, nameWords, TRUST } from "./words";

/** One certificate that was found, and where. */
export default function Observed() {
  const { fingerprint = "" } = useParams();
  const query = useQuery({
    queryKey: inventoryKeys.one(fingerprint),
    queryFn: ({ signal }) => getObserved(fingerprint, signal),
    refetchInterval: SLOW_POLL_MS,
  });
  const certificate = query.data;
  return (
    <>
      <PageHeader
        title={certificate === undefined ? "Observed certificate" : nameWords(certificate)}
        above={<BackLink to="/inventory">Inventory</BackLink>}
        badge={certificate && <StatusBadge status={certificate.status} />}
        description={<Mono copies="the fingerprint">{fingerprint}</Mono>}
        docs="inventory"
        actions={certificate && <ChangeBelonging certificate={certificate} />}
      />
      {isNotFound(query.error) ? (
        <Empty title="Certificate not found" icon="search">
          It may also have been found in places of teams that you cannot access.
        </Empty>
      ) : (
        <QueryView query={query} what="this certificate">
          {(data) => <Cards certificate={data} />}
        </QueryView>
      )}
    </>
  );
}

function Cards({ certificate }: { certificate: ObservedDetails }) {
  const isOwn = useIsOwn(certificate);
  return (
    <div className={layout.stack}>
      <Card title="Facts" actions={certificate.pem !== null && <Copy value={certificate.pem} what="the certificate as PEM" />}>
        <Facts facts={factsOf(certificate, isOwn)} />
      </Card>
      <PlacesCard certificate={certificate} isOwn={isOwn} />
    </div>
  );
}

function factsOf(certificate: ObservedDetails, isOwn: boolean): Fact[] {
  return [
    { term: "Names", value: <Names certificate={certificate} />, isLong: true },
    { term: "Subject", value: <Untrusted text={certificate.subject} />, isLong: true },
    { term: "Issuer", value: <Untrusted text={certificate.issuer} />, isLong: true },
    { term: "Expires", value: <Expiry certificate={expiring(certificate)} /> },
    { term: "Valid from", value: <ExactTime at={certificate.not_before} /> },
    { term: "Valid until", value: <ExactTime at={certificate.not_after} /> },
    { term: "Key", value: keyWords(certificate) },
    { term: "Signature", value: certificate.signature_algorithm },
    { term: "Trust", value: certificate.is_self_signed ? "Self-signed" : TRUST[certificate.trust] },
    { term: "Serial number", value: <Mono copies="the serial number">{certificate.serial_number}</Mono>, isLong: true },
    { term: "Public key (SHA-256)", value: <Mono copies="the key’s hash">{certificate.spki_sha256}</Mono>, isLong: true },
    { term: "Team", value: <CatalogLink kind="teams" id={certificate.team_id === "" ? null : certificate.team_id} /> },
    ...(isOwn ? ownFacts(certificate) : [{ term: "Owner, tags, renewal", value: "Shown to its team only" }]),
    { term: "First seen", value: <Time at={certificate.first_seen_at} /> },
    ...(certificate.gone_at === null ? [] : [{ term: "Gone since", value: <Time at={certificate.gone_at} /> }]),
  ];
}

/** What is known beside the certificate itself. */
function ownFacts({ certificate_id, superseded_by, renewed_by, owner_id, tags }: ObservedDetails): Fact[] {
  const managed = <CertificateLink id={certificate_id} name={certificate_id} />;
  return [
    ...(certificate_id === null ? [] : [{ term: "Managed as", value: managed }]),
    ...(superseded_by === null ? [] : [{ term: "Superseded by", value: <ObservedLink fingerprint={superseded_by} /> }]),
    { term: "Renewed by", value: renewed_by ?? "Not known" },
    { term: "Owner", value: <CatalogLink kind="owners" id={owner_id === "" ? null : owner_id} /> },
    ...Object.entries(tags).map(([name, value]) => ({ term: `Tag ${name}`, value: <bdi>{value || "–"}</bdi> })),
  ];
}

function ObservedLink({ fingerprint }: { fingerprint: string }) {
  return (
    <Anchor component={Link} to={`/inventory/${fingerprint}`} inherit>
      <Mono>{fingerprint}</Mono>
    </Anchor>
  );
}

function Untrusted({ text }: { text: string }) {
  return <bdi>{text || "–"}</bdi>;
}

function Names({ certificate: { names, name_count, first_name } }: { certificate: ObservedDetails }) {
  if (names.length === 0) return <Untrusted text={first_name} />;
  return (
    <List size="sm" listStyleType="none">
      {names.map((name) => (
        <List.Item key={name}>
          <bdi>{name}</bdi>
        </List.Item>
      ))}
      {name_count > names.length && <List.Item>and {(name_count - names.length).toLocaleString("en")} more</List.Item>}
    </List>
  );
}
