"""States of campaigns, of their items and of keys, without the campaigns: what shows them needs no more."""

from collections.abc import Mapping
from enum import StrEnum


class KeyRefusal(StrEnum):
    """Why no certificate is issued for a key: `held` lasts as long as the hold of a certificate."""

    COMPROMISED = "compromised"
    HELD = "held"


class CampaignState(StrEnum):
    """`finding` and `unconfirmed` are the dry run. `failed`: stopped by the control plane."""

    FINDING = "finding"
    UNCONFIRMED = "unconfirmed"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def has_ended(self) -> bool:
        return not _NEXT_OF_CAMPAIGN[self]

    def can_become(self, target: "CampaignState") -> bool:
        return target in _NEXT_OF_CAMPAIGN[self]


_ENDED_EARLY = frozenset({CampaignState.CANCELLED, CampaignState.FAILED})
_NEXT_OF_CAMPAIGN: Mapping[CampaignState, frozenset[CampaignState]] = {
    CampaignState.FINDING: frozenset({CampaignState.UNCONFIRMED, CampaignState.RUNNING}) | _ENDED_EARLY,
    CampaignState.UNCONFIRMED: frozenset({CampaignState.RUNNING}) | _ENDED_EARLY,
    CampaignState.RUNNING: frozenset({CampaignState.PAUSED, CampaignState.COMPLETED}) | _ENDED_EARLY,
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING}) | _ENDED_EARLY,
    CampaignState.COMPLETED: frozenset(),
    CampaignState.CANCELLED: frozenset(),
    CampaignState.FAILED: frozenset(),
}


class OnDeadline(StrEnum):
    """`revoke`: the old versions, whatever still serves them."""

    ALERT = "alert"
    REVOKE = "revoke"


class ItemState(StrEnum):
    """`skipped`: none of the old versions is in force any more."""

    FOUND = "found"
    REKEYING = "rekeying"
    ISSUED = "issued"
    DEPLOYED = "deployed"
    VERIFIED = "verified"
    REVOKED = "revoked"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def has_ended(self) -> bool:
        """Nothing more is done, the deadline of a key's compromise apart."""
        return self in (ItemState.REVOKED, ItemState.SKIPPED, ItemState.FAILED)

    def can_become(self, target: "ItemState") -> bool:
        return target in _NEXT[self]


_ANY_TIME = frozenset({ItemState.REVOKED, ItemState.SKIPPED, ItemState.FAILED})
_NEXT: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.FOUND: frozenset({ItemState.REKEYING, ItemState.ISSUED}) | _ANY_TIME,
    ItemState.REKEYING: frozenset({ItemState.REKEYING, ItemState.ISSUED, ItemState.VERIFIED}) | _ANY_TIME,
    ItemState.ISSUED: frozenset({ItemState.ISSUED, ItemState.DEPLOYED, ItemState.VERIFIED}) | _ANY_TIME,
    ItemState.DEPLOYED: frozenset({ItemState.VERIFIED}) | _ANY_TIME,
    ItemState.VERIFIED: _ANY_TIME,
    ItemState.FAILED: frozenset({ItemState.VERIFIED, ItemState.REVOKED, ItemState.SKIPPED}),
    ItemState.REVOKED: frozenset(),
    ItemState.SKIPPED: frozenset(),
}
