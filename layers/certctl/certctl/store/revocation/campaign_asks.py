"""The certificates of a campaign whose owners were alerted that a CSR is needed: a row for each one."""

from certctl.domain.revocation.campaigns import Campaign
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import campaign_asks
from certctl.store.writes import Write, delete, put


class CampaignAskStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_step(self, campaign: Campaign, certificate_id: str) -> Write:
        """Raises ChangedMeanwhile if its incident is open."""
        row = StateItem(campaign_asks(campaign.id), certificate_id)
        row.delete_after = int(campaign.kept_until.timestamp())
        return put(row, StateItem.kind.does_not_exist())

    def end_step(self, campaign: Campaign, certificate_id: str) -> Write:
        """Raises ChangedMeanwhile if no incident is open."""
        return delete(StateItem(campaign_asks(campaign.id), certificate_id), StateItem.kind.exists())

    def first(self, campaign_id: str, limit: int) -> list[str]:
        """Ids of so many certificates with an open incident, read consistently."""
        page = self._database.query(StateItem, campaign_asks(campaign_id), limit=limit, consistent=True)
        return [row.id for row in page.items]
