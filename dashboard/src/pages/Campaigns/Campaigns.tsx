import { Anchor, Button } from "@mantine/core";
import { Link } from "react-router";

import { type Campaign, campaignKeys, listCampaigns } from "../../api/campaigns";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { Can } from "../../components/session";
import { Card } from "../../components/Card";
import { type Column, DataTable } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import { PageHeader } from "../../components/PageHeader";
import { Empty } from "../../components/states";
import { Time } from "../../components/Time";
import { reasonLabel } from "../CertificateDetail/reasons";
import { CampaignBadge } from "./badges";
import classes from "./Campaigns.module.css";
import { CAMPAIGN_STATES, countOf, doneOf, hasEnded, selectionInWords } from "./words";

const failedOf = (campaign: Campaign) => countOf(campaign, "failed");

/** Nothing happens then to one that has ended. */
const deadlineOf = (campaign: Campaign) => (hasEnded(campaign) ? null : campaign.deadline);

const COLUMNS: readonly Column<Campaign>[] = [
  { id: "campaign", title: "Campaign", cell: (campaign) => <CampaignLink campaign={campaign} /> },
  {
    id: "state",
    title: "State",
    width: "190px",
    sortBy: ({ state }) => CAMPAIGN_STATES[state].label,
    cell: ({ state }) => <CampaignBadge state={state} />,
  },
  {
    id: "progress",
    title: "Done",
    width: "130px",
    hideWhenNarrow: true,
    cell: (campaign) => `${doneOf(campaign).toLocaleString("en")} of ${campaign.total.toLocaleString("en")}`,
  },
  {
    id: "failed",
    title: "Failed",
    width: "90px",
    align: "right",
    hideWhenNarrow: true,
    sortBy: failedOf,
    cell: (campaign) => failedOf(campaign).toLocaleString("en"),
  },
  {
    id: "deadline",
    title: "Deadline",
    width: "150px",
    hideWhenNarrow: true,
    sortBy: deadlineOf,
    cell: (campaign) => <Time at={deadlineOf(campaign)} none="–" />,
  },
  {
    id: "created",
    title: "Created",
    width: "150px",
    hideWhenNarrow: true,
    sortBy: ({ created_at }) => created_at,
    cell: ({ created_at }) => <Time at={created_at} />,
  },
];

const idOf = ({ id }: Campaign) => id;

export default function Campaigns() {
  const list = useList(campaignKeys.list, listCampaigns, { refetchInterval: LIST_POLL_MS });
  return (
    <>
      <PageHeader
        title="Campaigns"
        description="Replace the certificates of a key, CA or algorithm everywhere, then revoke the old versions."
        docs="campaigns"
        actions={
          <Can permission="campaigns:write">
            <NewButton />
          </Can>
        }
      />
      <Card flush>
        <DataTable list={list} columns={COLUMNS} rowKey={idOf} what="campaigns" empty={<Nothing />} />
      </Card>
    </>
  );
}

function NewButton() {
  return (
    <Button component={Link} to="/campaigns/new" leftSection={<Icon name="plus" size={15} />}>
      New campaign
    </Button>
  );
}

function CampaignLink({ campaign }: { campaign: Campaign }) {
  return (
    <>
      <Anchor component={Link} to={`/campaigns/${campaign.id}`} inherit title={campaign.id}>
        {selectionInWords(campaign)}
      </Anchor>
      <div className={classes.dim}>{reasonLabel(campaign.reason)}</div>
    </>
  );
}

function Nothing() {
  return (
    <Empty title="No campaigns yet" icon="replay">
      Start one when a key has leaked, an algorithm has to go, or a CA ends. To revoke certificates at once, use bulk actions on the
      Certificates page.
    </Empty>
  );
}
