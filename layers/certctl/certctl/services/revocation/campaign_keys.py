"""The keys that a campaign replaces: after a compromise they are refused once it is confirmed.

A key that the selection names is refused in the transaction that confirms; the old keys of the items are
refused by the worker, slice by slice, before anything else. A cancellation takes none off the list (ADR 54).
"""

from collections.abc import Sequence
from typing import Any

from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign
from certctl.store.issuing.refused_keys import RefusedKeys
from certctl.store.revocation.working_campaigns import campaign_of_key_step
from certctl.store.writes import Write
from certctl.unit_of_work.effects import Group


def key_steps(refused: RefusedKeys, before: Campaign, after: Campaign) -> list[Write]:
    """The writes for the key that the selection names, in the transaction that confirms."""
    spki = _key_of_beginning(before, after)
    return _steps(refused, after, spki) if spki is not None else []


def refused_at_once(before: Campaign, after: Campaign) -> dict[str, Any]:
    """What the event of the confirmation says about its key."""
    spki = _key_of_beginning(before, after)
    return {"refused_keys": [spki]} if spki is not None and after.is_compromise else {}


def old_keys_of(items: Sequence[CampaignItem]) -> list[str]:
    return sorted({key for item in items for key in item.old_keys})


def key_groups(refused: RefusedKeys, campaign: Campaign, keys: Sequence[str]) -> list[Group]:
    """One group for each key: repeated, it changes nothing."""
    return [Group(_steps(refused, campaign, key)) for key in keys]


def _key_of_beginning(before: Campaign, after: Campaign) -> str | None:
    """The key that the selection names, if the campaign begins to work with this change."""
    return after.selection.spki_sha256 if after.is_working and not before.is_working else None


def _steps(refused: RefusedKeys, campaign: Campaign, spki_sha256: str) -> list[Write]:
    barred = [refused.compromised.add_step(spki_sha256)] if campaign.is_compromise else []
    return [*barred, campaign_of_key_step(campaign, spki_sha256)]
