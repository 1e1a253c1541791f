"""Campaigns and their items: rows of State, each with its record as one text (ADR 43).

The campaign's revision guards its items too: an item is written with its campaign, in one transaction.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial

from certctl.domain.revocation.campaign_items import CampaignItem, ItemState
from certctl.domain.revocation.campaigns import Campaign, CampaignSelection, CampaignState, OnDeadline
from certctl.domain.times import from_wire, to_wire
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import CAMPAIGN, campaign_items
from certctl.store.paging import IndexRange, Read, Stage
from certctl.store.writes import Write, check, put

_CAMPAIGN_TIMES = ("created_at", "updated_at", "confirmed_at", "ended_at", "deadline_reported_at")


class CampaignStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_step(self, campaign: Campaign) -> Write:
        return put(_row(campaign), StateItem.kind.does_not_exist())

    def save_step(self, before: Campaign, after: Campaign) -> Write:
        """Saves the campaign on condition that it is still the one that `after` was decided from."""
        return put(_row(after), StateItem.amount == before.revision)

    def unchanged_step(self, campaign: Campaign) -> Write:
        """Makes a transaction depend on the campaign being unchanged since it was read."""
        return check(StateItem(CAMPAIGN, campaign.id), StateItem.amount == campaign.revision)

    def item_steps(self, campaign: Campaign, items: Sequence[CampaignItem]) -> list[Write]:
        """The items for the transaction of `save_step`, which guards them; at most 97 beside it."""
        return [put(_item_row(campaign, item)) for item in items]

    def get(self, campaign_id: str) -> Campaign | None:
        row = self._database.get(StateItem, CAMPAIGN, campaign_id, consistent=True)
        return _campaign(row) if row else None

    def get_many(self, campaign_ids: Sequence[str]) -> list[Campaign]:
        """The campaigns in the order asked for; ids without a row are left out."""
        rows = self._database.batch_get(StateItem, [(CAMPAIGN, i) for i in campaign_ids])
        found = {row.id: _campaign(row) for row in rows}
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
        return _item(row) if row else None

    def items(self, campaign_id: str, certificate_ids: Sequence[str]) -> list[CampaignItem]:
        """The items of at most 100 ids that exist, read consistently, in the order asked for."""
        kind = campaign_items(campaign_id)
        rows = self._database.batch_get(StateItem, [(kind, i) for i in certificate_ids], consistent=True)
        found = {row.id: _item(row) for row in rows}
        return [found[i] for i in certificate_ids if i in found]

    def items_after(self, campaign_id: str, after: str, limit: int) -> list[CampaignItem]:
        """The next so many by certificate id, read consistently; from the first if `after` is empty."""
        beyond = StateItem.id > after if after else None
        kind = campaign_items(campaign_id)
        page = self._database.query(StateItem, kind, beyond, limit=limit, consistent=True)
        return [_item(row) for row in page.items]

    def _reading(self, kind: str, *, newest_first: bool) -> Read:
        rows = IndexRange(StateItem, kind, StateItem.id, "id", newest_first=newest_first)
        return partial(rows.read, self._database)


def _row(campaign: Campaign) -> StateItem:
    return StateItem(
        CAMPAIGN,
        campaign.id,
        body=_text(campaign),
        amount=campaign.revision,
        delete_after=int(campaign.kept_until.timestamp()),
    )


def _item_row(campaign: Campaign, item: CampaignItem) -> StateItem:
    return StateItem(
        campaign_items(campaign.id),
        item.certificate_id,
        body=_text(item),
        delete_after=int(campaign.kept_until.timestamp()),
    )


def _text(record: Campaign | CampaignItem) -> str:
    return json.dumps(asdict(record), default=_text_of_time, separators=(",", ":"))


def _text_of_time(value: object) -> str:
    if isinstance(value, datetime):
        return to_wire(value)
    raise TypeError(f"not a part of a campaign: {type(value).__name__}")


def _campaign(row: StateItem) -> Campaign:
    parts = json.loads(row.body or "{}")
    selection = parts["selection"]
    ids = tuple(selection["certificate_ids"])
    read = {
        "selection": CampaignSelection(**selection | {"certificate_ids": ids}),
        "state": CampaignState(parts["state"]),
        "on_deadline": OnDeadline(parts["on_deadline"]),
        "counts": {ItemState(state): count for state, count in parts["counts"].items()},
    }
    times = {name: parts[name] and from_wire(parts[name]) for name in _CAMPAIGN_TIMES}
    return Campaign(**parts | read | times)


def _item(row: StateItem) -> CampaignItem:
    parts = json.loads(row.body or "{}")
    read = {
        "old_serials": tuple(parts["old_serials"]),
        "old_keys": tuple(parts["old_keys"]),
        "state": ItemState(parts["state"]),
        "changed_at": from_wire(parts["changed_at"]),
    }
    return CampaignItem(**parts | read)
