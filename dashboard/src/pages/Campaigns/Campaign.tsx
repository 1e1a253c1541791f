import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { type Campaign as CampaignRecord, campaignKeys, getCampaign } from "../../api/campaigns";
import { isNotFound } from "../../api/errors";
import { BackLink } from "../../components/BackLink";
import { useDialog } from "../../components/dialog";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { Empty, QueryView } from "../../components/states";
import { reasonLabel } from "../CertificateDetail/reasons";
import { CampaignBadge } from "./badges";
import { CampaignActions, type CampaignDialog, CampaignDialogs } from "./CampaignActions";
import { FactsCard } from "./FactsCard";
import { ItemsCard } from "./ItemsCard";
import { Notice } from "./Notice";
import { ProgressCard } from "./ProgressCard";
import { hasEnded, selectionInWords } from "./words";

/** While it finds certificates, while it works, and after its end. */
const [FINDING_MS, WORKING_MS, REST_MS] = [2_000, 10_000, 60_000];

export function refreshMs(campaign: CampaignRecord | undefined): number {
  if (campaign?.state === "finding") return FINDING_MS;
  return campaign === undefined || hasEnded(campaign) ? REST_MS : WORKING_MS;
}

export default function Campaign() {
  const { campaignId = "" } = useParams();
  const dialog: CampaignDialog = useDialog();
  const query = useQuery({
    queryKey: campaignKeys.one(campaignId),
    queryFn: ({ signal }) => getCampaign(campaignId, signal),
    refetchInterval: ({ state: { data } }) => refreshMs(data),
  });
  const campaign = query.data;
  const isMissing = isNotFound(query.error);
  return (
    <>
      <PageHeader
        title={campaign === undefined ? campaignId : selectionInWords(campaign)}
        above={<BackLink to="/campaigns">Campaigns</BackLink>}
        badge={campaign && <CampaignBadge state={campaign.state} />}
        description={campaign && reasonLabel(campaign.reason)}
        actions={campaign && <CampaignActions campaign={campaign} dialog={dialog} />}
      />
      {isMissing ? (
        <Empty title="Campaign not found" icon="search" />
      ) : (
        <QueryView query={query} what="this campaign">
          {(data) => <Cards campaign={data} />}
        </QueryView>
      )}
      {campaign !== undefined && <CampaignDialogs campaign={campaign} dialog={dialog} />}
    </>
  );
}

function Cards({ campaign }: { campaign: CampaignRecord }) {
  return (
    <div className={layout.stack}>
      <Notice campaign={campaign} />
      <ProgressCard campaign={campaign} />
      <FactsCard campaign={campaign} />
      <ItemsCard campaign={campaign} refreshMs={refreshMs(campaign)} />
    </div>
  );
}
