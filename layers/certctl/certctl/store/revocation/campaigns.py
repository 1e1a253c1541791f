"""Campaigns and their items: rows of State, each with its record as one text (ADR 43).

The campaign's revision guards its items too: an item is written with its campaign, in one transaction.
"""

from collections.abc import Sequence
from functools import partial

from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import CAMPAIGN, campaign_items
from certctl.store.paging import IndexRange, Read, Stage
from certctl.store.revocation.campaign_rows import campaign_of_row, item_of_row, row_of, row_of_item
from certctl.store.revocation.working_campaigns import list_steps
from certctl.store.writes import Write, check, put


class CampaignStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_step(self, campaign: Campaign) -> Write:
        return put(row_of(campaign), StateItem.kind.does_not_exist())

    def save_steps(self, before: Campaign, after: Campaign) -> list[Write]:
        """Save the campaign on condition that it is still the one that `after` was decided from."""
        return [put(row_of(after), StateItem.amount == before.revision), *list_steps(before, after)]

    def unchanged_step(self, campaign: Campaign) -> Write:
        """Makes a transaction depend on the campaign being unchanged since it was read."""
        return check(StateItem(CAMPAIGN, campaign.id), StateItem.amount == campaign.revision)

    def item_steps(self, campaign: Campaign, items: Sequence[CampaignItem]) -> list[Write]:
        """The items for the transaction of `save_steps`, which guards them; at most 90 beside it."""
        return [put(row_of_item(campaign, item)) for item in items]

    def get(self, campaign_id: str) -> Campaign | None:
        row = self._database.get(StateItem, CAMPAIGN, campaign_id, consistent=True)
        return campaign_of_row(row) if row else None

    def get_many(self, campaign_ids: Sequence[str]) -> list[Campaign]:
        """The campaigns in the order asked for; ids without a row are left out."""
        rows = self._database.batch_get(StateItem, [(CAMPAIGN, i) for i in campaign_ids])
        found = {row.id: campaign_of_row(row) for row in rows}
        return [found[i] for i in campaign_ids if i in found]

    def newest_first(self) -> list[Stage]:
        """All campaigns, newest first, as stages of a list."""
        return [Stage("campaigns", (self._reading(CAMPAIGN, newest_first=True),))]

    def in_order(self, campaign_id: str) -> list[Stage]:
        """The items of a campaign by the id of their certificate, as stages of a list."""
        items = self._reading(campaign_items(campaign_id), newest_first=False)
        return [Stage("items", (items,), newest_first=False)]

    def item(self, campaign_id: str, certificate_id: str) -> CampaignItem | None:
        kind = campaign_items(campaign_id)
        row = self._database.get(StateItem, kind, certificate_id, consistent=True)
        return item_of_row(row) if row else None

    def items(self, campaign_id: str, certificate_ids: Sequence[str]) -> list[CampaignItem]:
        """The items of at most 100 ids that exist, read consistently, in the order asked for."""
        kind = campaign_items(campaign_id)
        rows = self._database.batch_get(StateItem, [(kind, i) for i in certificate_ids], consistent=True)
        found = {row.id: item_of_row(row) for row in rows}
        return [found[i] for i in certificate_ids if i in found]

    def items_after(self, campaign_id: str, after: str, limit: int) -> list[CampaignItem]:
        """The next so many by certificate id, read consistently; from the first if `after` is empty."""
        beyond = StateItem.id > after if after else None
        kind = campaign_items(campaign_id)
        page = self._database.query(StateItem, kind, beyond, limit=limit, consistent=True)
        return [item_of_row(row) for row in page.items]

    def _reading(self, kind: str, *, newest_first: bool) -> Read:
        rows = IndexRange(StateItem, kind, StateItem.id, "id", newest_first=newest_first)
        return partial(rows.read, self._database)
