"""Moves the renewal windows of certificates that ACME clients renew (ADR 75)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.principals import Principal
from certctl.domain.errors import NotFound
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign
from certctl.store.writes import Write
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class CampaignWindows:
    stores: Stores
    units: Units
    now: Callable[[], datetime]

    def move(
        self, caller: Principal, campaign: Campaign, item: CampaignItem, only_if: Sequence[Write]
    ) -> None:
        """Clients that look for their window (ARI) renew until `window_until` of the item. Raises
        ChangedMeanwhile, NotFound."""
        now, before = self.now(), self.stores.certificates.get(item.certificate_id)
        if before is None:
            raise NotFound("There is no such certificate.")
        after = before.with_changes(
            now,
            ari_start=campaign.confirmed_at,
            ari_end=item.window_until,
            ari_campaign_id=campaign.id,
        )
        unit = self.units.begin(caller.actor, item.certificate_id, now)
        unit.save(before, after, event="certificate_window_moved", job_id=campaign.job_id)
        unit.write(*only_if)
        unit.commit()
