import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { type AuthorityDetails, authorityKeys, getAuthority } from "../../api/authorities";
import { isNotFound } from "../../api/errors";
import { BackLink } from "../../components/BackLink";
import { CatalogLink } from "../../components/catalog/CatalogName";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { StartCampaign } from "../../components/StartCampaign";
import { Empty, QueryView } from "../../components/states";
import { CaBadge } from "./cells";
import { CompromiseCard } from "./compromise/CompromiseCard";
import { CertificateCard } from "./CertificateCard";
import { ChainCard } from "./ChainCard";
import { commonNameOf, ROLES } from "./crl";
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
  const isMissing = isNotFound(query.error);
  return (
    <>
      <PageHeader
        title={authority === undefined ? caId : commonNameOf(authority.subject)}
        above={<BackLink to="/cas">CAs</BackLink>}
        badge={authority && <CaBadge ca={authority} />}
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

/** What it issued can be replaced while it is known: the root's own certificates are CAs. */
function CampaignButton({ authority: { ca_id, role, state } }: { authority: AuthorityDetails }) {
  if (role !== "issuing" || state === "pending" || state === "retired") return null;
  return <StartCampaign choice={`ca=${ca_id}`} />;
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
      <CompromiseCard authority={authority} />
      <CrlCard authority={authority} />
      <CertificateCard authority={authority} />
      <div className={layout.halves}>
        <ChainCard authority={authority} />
        <RotationCard authority={authority} outsideIssuer={outsideIssuer} />
      </div>
    </div>
  );
}
