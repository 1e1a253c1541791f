/** How far a CA's compromise reaches, and how far the answer to it has come. */

import { useQuery } from "@tanstack/react-query";

import { type AuthorityDetails, authorityKeys, type CaUses, readUses } from "../../../api/authorities";
import { type Campaign, campaignKeys, listCampaigns } from "../../../api/campaigns";
import { LIST_POLL_MS } from "../../../api/polling";
import { readRevocation, type RevocationDetails, revocationKeys } from "../../../api/revocations";
import { useCan } from "../../../components/session";

export interface Compromise {
  /** Undefined until it is read, or for a role that may not. */
  uses: CaUses | undefined;
  /** The newest campaign by this CA that was not given up; null if there is none. */
  campaign: Campaign | null | undefined;
  /** Of the CA itself, in its root's CRL. */
  revocation: RevocationDetails | undefined;
}

const GIVEN_UP = ["cancelled", "failed"];

export function useCompromise({ ca_id, serial_number, revoked_at }: AuthorityDetails): Compromise {
  const [readsCertificates, readsCampaigns] = [useCan("certificates:read"), useCan("campaigns:read")];
  const uses = useQuery({
    queryKey: authorityKeys.uses(ca_id),
    queryFn: ({ signal }) => readUses(ca_id, signal),
    enabled: readsCertificates,
    refetchInterval: ({ state: { data } }) => (data !== undefined && data.pages <= MOST_PAGES_REFRESHED ? LIST_POLL_MS : false),
  });
  const campaigns = useQuery({
    queryKey: [...campaignKeys.list, "newest"],
    queryFn: ({ signal }) => listCampaigns({ cursor: undefined, signal }),
    enabled: readsCampaigns,
    refetchInterval: LIST_POLL_MS,
  });
  const revocation = useQuery({
    queryKey: revocationKeys.one(serial_number),
    queryFn: ({ signal }) => readRevocation(serial_number, signal),
    enabled: readsCertificates && revoked_at !== null,
    refetchInterval: LIST_POLL_MS,
    retry: false,
  });
  return { uses: uses.data, campaign: campaigns.data && newestOf(campaigns.data.data, ca_id), revocation: revocation.data };
}

/** A count that takes more requests is refreshed by hand only. */
const MOST_PAGES_REFRESHED = 4;

function newestOf(campaigns: readonly Campaign[], caId: string): Campaign | null {
  return campaigns.find(({ selection, state }) => selection.ca_id === caId && !GIVEN_UP.includes(state)) ?? null;
}
