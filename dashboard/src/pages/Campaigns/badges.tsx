import type { CampaignState, ItemState } from "../../api/campaigns";
import { StatusBadge } from "../../components/StatusBadge";
import { CAMPAIGN_STATES, ITEM_STATES } from "./words";

export function CampaignBadge({ state }: { state: CampaignState }) {
  return <StatusBadge status={state} {...CAMPAIGN_STATES[state]} />;
}

/** Of one certificate of a campaign. */
export function ItemBadge({ state }: { state: ItemState }) {
  const { label, tone } = ITEM_STATES[state];
  return <StatusBadge status={state} label={label} tone={tone} />;
}
