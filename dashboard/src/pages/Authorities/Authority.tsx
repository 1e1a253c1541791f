import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { type AuthorityDetails, authorityKeys, getAuthority } from "../../api/authorities";
import { ApiError } from "../../api/errors";
import { Can } from "../../app/session";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { Icon } from "../../components/Icon";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { Empty, QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { CertificateCard } from "./CertificateCard";
import { ChainCard } from "./ChainCard";
import { commonNameOf, ROLES, stateInWords } from "./crl";
import { CrlCard } from "./CrlCard";
import { OutsideRoot } from "./OutsideRoot";
import { useOutsideIssuer } from "./outsideIssuer";
import { RotationCard } from "./RotationCard";

const REFETCH_MS = 30_000;

export default function Authority() {
  const { caId = "" } = useParams();
  const query = useQuery({
    queryKey: authorityKeys.one(caId),
    queryFn: ({ signal }) => getAuthority(caId, signal),
    refetchInterval: REFETCH_MS,
  });
  const authority = query.data;
  const isMissing = query.error instanceof ApiError && query.error.status === 404;
  return (
    <>
      <PageHeader
        title={authority === undefined ? caId : commonNameOf(authority.subject)}
        above={<Back />}
        badge={authority && <State authority={authority} />}
        description={authority && <Below authority={authority} />}
        actions={authority && <CampaignButton authority={authority} />}
      />
      {isMissing ? (
        <Empty title="CA not found" icon="search" />
      ) : (
        <QueryView query={query} what="this CA">
          {(data) => <Cards authority={data} />}
        </QueryView>
      )}
    </>
  );
}

function Back() {
  return (
    <Anchor component={Link} to="/cas" size="sm">
      <Icon name="arrowLeft" size={14} /> CAs
    </Anchor>
  );
}

/** What it issued can be replaced while it is known: the root's own certificates are CAs. */
function CampaignButton({ authority: { ca_id, role, state } }: { authority: AuthorityDetails }) {
  if (role !== "issuing" || state === "pending" || state === "retired") return null;
  return (
    <Can permission="campaigns:write">
      <Button component={Link} to={`/campaigns/new?ca=${ca_id}`} variant="default" leftSection={<Icon name="replay" size={15} />}>
        Start a campaign
      </Button>
    </Can>
  );
}

function State({ authority }: { authority: AuthorityDetails }) {
  const { label, tone } = stateInWords(authority);
  return <StatusBadge status={label} label={label} tone={tone} />;
}

function Below({ authority }: { authority: AuthorityDetails }) {
  return (
    <>
      {ROLES[authority.role]} of <CatalogLink kind="issuers" id={authority.issuer_id} isInText />
    </>
  );
}

function Cards({ authority }: { authority: AuthorityDetails }) {
  const outsideIssuer = useOutsideIssuer(authority);
  return (
    <div className={layout.stack}>
      {typeof outsideIssuer === "string" && <OutsideRoot authority={authority} issuer={outsideIssuer} />}
      <CrlCard authority={authority} />
      <CertificateCard authority={authority} />
      <div className={layout.halves}>
        <ChainCard authority={authority} />
        <RotationCard authority={authority} outsideIssuer={outsideIssuer} />
      </div>
    </div>
  );
}
