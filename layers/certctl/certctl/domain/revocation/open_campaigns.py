"""Campaigns that run or are paused, for those who have to act: what is left, and what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.reasons import reason_in_words
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline

_DONE = (ItemState.REVOKED, ItemState.SKIPPED)
_AT_ONCE = timedelta(hours=24)
_MOST_NAMED = 3
_WAITS = {
    ItemState.FAILED: "failed",
    ItemState.REKEYING: "CSR awaited",
    ItemState.DEPLOYED: "verification awaited",
    ItemState.ISSUED: "deployment awaited",
}
_CLIENT_LATE, _CLIENT = "ACME client did not renew in its window", "ACME client awaited"
_ORDER = ("failed", _CLIENT_LATE, "CSR awaited", _CLIENT, "verification awaited", "deployment awaited")
"""What people can do something about, the worst first."""


@dataclass(frozen=True)
class OpenCampaign:
    """`left` is the number of certificates whose old versions are in force, and `items` are those of them
    that were read, both in the caller's reach. `certificate_id`: where callers look who may not read
    campaigns."""

    campaign: Campaign
    left: int
    items: Sequence[CampaignItem]
    certificate_id: str | None = None

    @property
    def title(self) -> str:
        """`CA compromise: 12 left (paused)`."""
        reason = reason_in_words(self.campaign.reason)
        paused = " (paused)" if self.campaign.state is CampaignState.PAUSED else ""
        return f"{reason[:1].upper()}{reason[1:]}: {self.left} left{paused}"

    @property
    def what_blocks(self) -> str:
        """`CSR awaited: build-agents, shop; failed: wiki`; what happens at the deadline comes last."""
        parts = [self._blocked_by(cause) for cause in _ORDER if self._waiting_for(cause)]
        if self.campaign.on_deadline is OnDeadline.REVOKE:
            parts.append("what is left is revoked at the deadline")
        return "; ".join(parts)

    def is_critical(self, now: datetime) -> bool:
        """Whether it is late, or revokes running certificates within a day."""
        deadline = self.campaign.deadline
        if deadline is None:
            return False
        is_near = self.campaign.on_deadline is OnDeadline.REVOKE and deadline <= now + _AT_ONCE
        return is_near or deadline <= now

    def _blocked_by(self, cause: str) -> str:
        names = [item.certificate_name for item in self._waiting_for(cause)]
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        return f"{cause}: {', '.join(names[:_MOST_NAMED])}{more}"

    def _waiting_for(self, cause: str) -> list[CampaignItem]:
        return [item for item in self.items if _cause_of(item) == cause]


def _cause_of(item: CampaignItem) -> str | None:
    if item.state is not ItemState.REKEYING or item.window_until is None:
        return _WAITS.get(item.state)
    return _CLIENT_LATE if item.missed_window else _CLIENT


def open_in_reach(campaign: Campaign, reached: Sequence[CampaignItem]) -> OpenCampaign | None:
    """The campaign as those see it who reach these items only; None if none of them is left."""
    left = [item for item in reached if item.state not in _DONE]
    if not left:
        return None
    waiting = [item for state in _WAITS for item in left if item.state is state]
    return OpenCampaign(campaign, len(left), left, [*waiting, *left][0].certificate_id)


def open_as_a_whole(campaign: Campaign, read: Sequence[CampaignItem]) -> OpenCampaign | None:
    """The campaign as those see it who read campaigns, by its counts: `read` may be a part of its items."""
    left = campaign.total - sum(campaign.counts.get(state, 0) for state in _DONE)
    items = [item for item in read if item.state not in _DONE]
    return OpenCampaign(campaign, left, items) if left else None
