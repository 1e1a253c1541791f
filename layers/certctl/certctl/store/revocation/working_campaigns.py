"""The campaigns that run or are paused: one row lists them, and one by key names the latest that replaces it.

A certificate's campaigns are found by the list and one batch: items stand under the certificate's id.
"""

from collections.abc import Iterable

from certctl.domain.revocation.campaigns import Campaign, CampaignOfCertificate
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import CAMPAIGN, CAMPAIGN_OF_KEY, WORKING_CAMPAIGNS, campaign_items
from certctl.store.revocation.campaign_rows import campaign_of_row, item_of_row
from certctl.store.revocation.working_list import ALL_WORKING, WorkingList
from certctl.store.writes import Write, put, update


class WorkingCampaigns:
    def __init__(self, database: Database) -> None:
        self._database = database

    def ids(self) -> list[str]:
        return WorkingList(self._database).ids()

    def of_certificate(self, campaign_ids: Iterable[str], certificate_id: str) -> list[CampaignOfCertificate]:
        """The campaigns among these that replace versions of the certificate, in the order of their ids."""
        ids = list(campaign_ids)
        wanted = [(CAMPAIGN, each) for each in ids]
        of_items = [(campaign_items(each), certificate_id) for each in ids]
        rows = self._database.batch_get(StateItem, [*wanted, *of_items])
        found = {(row.kind, row.id): row for row in rows}
        pairs = [
            (found.get((CAMPAIGN, each)), found.get((campaign_items(each), certificate_id))) for each in ids
        ]
        return [
            CampaignOfCertificate(campaign_of_row(campaign), item_of_row(item))
            for campaign, item in pairs
            if campaign is not None and item is not None
        ]


def list_steps(before: Campaign, after: Campaign) -> list[Write]:
    """Lists a campaign from its confirmation to its end. One that an earlier release has confirmed is listed
    once its keys are refused."""
    row = StateItem(WORKING_CAMPAIGNS, ALL_WORKING)
    begins = after.is_working and not before.is_working
    if begins or (before.must_refuse_keys and not after.must_refuse_keys and after.is_working):
        return [update(row, [StateItem.members.add({after.id})])]
    if before.is_working and after.state.has_ended:
        return [update(row, [StateItem.members.delete({after.id})])]
    return []


def campaign_of_key_step(campaign: Campaign, spki_sha256: str) -> Write:
    """Names the campaign as the latest that replaces the key."""
    row = StateItem(CAMPAIGN_OF_KEY, spki_sha256, body=campaign.id)
    row.delete_after = int(campaign.kept_until.timestamp())
    return put(row)
