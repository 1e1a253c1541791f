"""Tools that read campaigns, and where a key is used."""

from dataclasses import dataclass
from typing import cast

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import ItemState, ListKeyUsesQuery
from certctl_client.commands.options import given
from certctl_client.commands.revocation.campaign_views import WAITS_FOR
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, Spki
from certctl_client.mcp.pages import checked_cursor, page_of
from certctl_client.mcp.results import ToolResult, page, selected

_STATES = "; ".join(f"{state}: {what}" for state, what in WAITS_FOR.items())


@dataclass(frozen=True)
class ReadingCampaigns:
    stack: Stack

    def key_blast_radius(self, spki_sha256: Spki, limit: Limit = PAGE, cursor: Cursor = None) -> ToolResult:
        """What a leak of one key would touch: its certificates, expired ones too, with their versions,
        targets, agents and jobs; `observed` are others that were found with it; `refused` says why no
        certificate is issued for the key, `campaign` what replaces it."""
        query = cast(ListKeyUsesQuery, given(per_page=limit, cursor=cursor))
        found = self.stack.api.call(operations.LIST_KEY_USES, spki_sha256, query=query)
        data = {
            **selected(found, ("spki_sha256", "refused", "campaign", "observed")),
            "certificates": found["data"],
        }
        return ToolResult({**data, "next_cursor": checked_cursor(found["next_cursor"])})

    def list_campaigns(self, limit: Limit = PAGE, cursor: Cursor = None) -> ToolResult:
        """Campaigns, newest first. A campaign replaces the certificates of a key, CA or algorithm, and
        revokes the old versions once the new ones were seen in use; counts are its certificates by state."""
        found = page_of(self.stack.api, operations.LIST_CAMPAIGNS, {}, limit, cursor)
        records = [selected(each, presenting.CAMPAIGN) for each in found.records]
        return page("campaigns", records, found.next_cursor)

    def campaign_status(
        self, campaign_id: Id, state: ItemState | None = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> ToolResult:
        """One campaign: its progress, deadline, and certificates with what blocks each, of one state if given
        (failed, deployed ...)."""
        campaign = self.stack.campaigns.get(campaign_id)
        found = page_of(
            self.stack.api,
            operations.LIST_CAMPAIGN_ITEMS,
            given(state=state),
            limit,
            cursor,
            campaign_id,
        )
        data = {
            "campaign": selected(campaign, presenting.CAMPAIGN),
            "certificates": [selected(each, presenting.CAMPAIGN_ITEM) for each in found.records],
            "next_cursor": found.next_cursor,
        }
        return ToolResult(data, f"What its certificates wait for, by state. {_STATES}.")
