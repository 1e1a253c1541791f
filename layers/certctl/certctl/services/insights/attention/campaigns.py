"""Campaigns that run or are paused: by when, how many certificates are left, and what each waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.insights.attention import MOST_SHOWN, AttentionItem, AttentionKind, AttentionLine
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.open_campaigns import OpenCampaign, open_as_a_whole, open_in_reach
from certctl.services.insights.attention.census import MOST_READ
from certctl.store.paging import in_parallel
from certctl.store.revocation.campaigns import CampaignStore
from certctl.store.revocation.working_campaigns import WorkingCampaigns

_MOST_LOOKED_INTO = 8
"""The newest campaigns, whose items are read: MOST_READ of each."""


@dataclass(frozen=True)
class CampaignAttention:
    working: WorkingCampaigns
    campaigns: CampaignStore

    def running(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """One line, whose items are campaigns, the nearest deadline first. Callers who may not read campaigns
        see those with certificates in their reach, and only these are counted for them."""
        ids = self.working.ids()
        if not ids:
            return []
        campaigns, items = in_parallel(
            partial(self.campaigns.get_many, ids), partial(self._items, ids[:_MOST_LOOKED_INTO])
        )
        if caller.scope_of(Permission.CAMPAIGNS_READ) is Scope.ALL:
            seen = [open_as_a_whole(each, items.get(each.id, ())) for each in campaigns]
            return _line([each for each in seen if each], now, is_complete=True)
        seen = [_in_reach(caller, each, items.get(each.id, ())) for each in campaigns]
        is_complete = len(items) == len(ids) and all(len(some) < MOST_READ for some in items.values())
        return _line([each for each in seen if each], now, is_complete=is_complete)

    def _items(self, campaign_ids: Sequence[str]) -> Mapping[str, Sequence[CampaignItem]]:
        reads = [partial(self.campaigns.items_after, each, "", MOST_READ) for each in campaign_ids]
        return dict(zip(campaign_ids, in_parallel(*reads), strict=True))


def _in_reach(caller: Principal, campaign: Campaign, items: Sequence[CampaignItem]) -> OpenCampaign | None:
    permission = Permission.CERTIFICATES_READ
    return open_in_reach(campaign, [item for item in items if caller.reaches_team(permission, item.team_id)])


def _line(seen: Sequence[OpenCampaign], now: datetime, *, is_complete: bool) -> list[AttentionLine]:
    if not seen:
        return []
    ordered = sorted(seen, key=lambda each: each.campaign.deadline or now)
    urgency = Urgency.CRITICAL if any(each.is_critical(now) for each in seen) else Urgency.WARNING
    worst = tuple(map(_item, ordered[:MOST_SHOWN]))
    since = min((each.campaign.confirmed_at or now for each in seen), default=None)
    return [AttentionLine(AttentionKind.CAMPAIGNS, urgency, len(seen), worst, since, is_complete)]


def _item(seen: OpenCampaign) -> AttentionItem:
    return AttentionItem(
        seen.campaign.id,
        seen.title,
        seen.campaign.deadline,
        seen.campaign.state,
        seen.what_blocks,
        seen.certificate_id,
        count=seen.left,
    )
