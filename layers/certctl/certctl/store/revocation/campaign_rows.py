"""The rows of campaigns and of their items: each has its record as one text."""

import json
from dataclasses import asdict
from datetime import datetime

from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaign_requests import CampaignSelection
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.domain.times import from_wire, to_wire
from certctl.store.items import StateItem
from certctl.store.keys import CAMPAIGN, campaign_items

_LATER = frozenset({"ticket", "window_until", "missed_window", "awaited_accounts"})
_CAMPAIGN_TIMES = ("created_at", "updated_at", "confirmed_at", "ended_at", "deadline_reported_at")


def row_of(campaign: Campaign) -> StateItem:
    return StateItem(
        CAMPAIGN,
        campaign.id,
        body=_text(campaign),
        amount=campaign.revision,
        delete_after=int(campaign.kept_until.timestamp()),
    )


def row_of_item(campaign: Campaign, item: CampaignItem) -> StateItem:
    return StateItem(
        campaign_items(campaign.id),
        item.certificate_id,
        body=_text(item),
        delete_after=int(campaign.kept_until.timestamp()),
    )


def _text(record: Campaign | CampaignItem) -> str:
    # without what an earlier release does not know: its functions read the rows during a deploy
    parts = {name: value for name, value in asdict(record).items() if value or name not in _LATER}
    return json.dumps(parts, default=_text_of_time, separators=(",", ":"))


def _text_of_time(value: object) -> str:
    if isinstance(value, datetime):
        return to_wire(value)
    raise TypeError(f"not a part of a campaign: {type(value).__name__}")


def campaign_of_row(row: StateItem) -> Campaign:
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


def item_of_row(row: StateItem) -> CampaignItem:
    parts = json.loads(row.body or "{}")
    read = {
        "old_serials": tuple(parts["old_serials"]),
        "old_keys": tuple(parts["old_keys"]),
        "state": ItemState(parts["state"]),
        "awaited_accounts": tuple(parts.get("awaited_accounts", ())),
        "changed_at": from_wire(parts["changed_at"]),
        "window_until": from_wire(parts["window_until"]) if "window_until" in parts else None,
    }
    return CampaignItem(**parts | read)
