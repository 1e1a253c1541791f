"""Alerts to owners: a campaign needs a CSR, or the renewal of an ACME client. Once, and resolved when that is
over."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.campaign_alerts import client_alert, replaced_alert, replacement_alert
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import ItemState
from certctl.services.revocation.turns import SLICE, WORKER
from certctl.store.revocation.campaign_asks import CampaignAskStore
from certctl.store.revocation.campaign_stops import not_stopped_step
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class CampaignAsks:
    """Each alert is stored in one transaction with the row that says so: a repeated act changes nothing."""

    stores: Stores
    units: Units
    asks: CampaignAskStore
    now: Callable[[], datetime]

    def following(self, campaign: Campaign, before: CampaignItem, after: CampaignItem) -> CampaignItem:
        """The item with its owner alerted, or the incident resolved. Raises CampaignStopped, Unavailable."""
        if after.is_asked and after.state is not ItemState.REKEYING:
            self._settle(campaign, after.certificate_id)
            return replace(after, is_asked=False)
        if not after.is_asked and self._is_to_ask(before, after):
            self._ask(campaign, after)
            return replace(after, is_asked=True)
        return after

    def _is_to_ask(self, before: CampaignItem, after: CampaignItem) -> bool:
        if after.state is not ItemState.REKEYING:
            return False
        if after.missed_window:
            return not before.missed_window
        return after.job_id != before.job_id and self._needs_owner(after)

    def settle_all(self, campaign: Campaign, require_time: Callable[[], None]) -> None:
        """Resolves what is open, at the end of a campaign. Raises what `require_time` raises: the next turn
        continues."""
        while certificate_ids := self.asks.first(campaign.id, SLICE):
            for each in certificate_ids:
                require_time()
                self._settle(campaign, each)

    def _needs_owner(self, item: CampaignItem) -> bool:
        job = self.stores.jobs.get(item.job_id) if item.job_id else None
        return job is not None and job.status is JobStatus.AWAITING_CSR and job.agent_id is None

    def _ask(self, campaign: Campaign, item: CampaignItem) -> None:
        certificate_id = item.certificate_id
        certificate = self.stores.certificates.get(certificate_id)
        if certificate is None:
            return
        unit = self.units.begin(WORKER, certificate_id, self.now())
        unit.write(not_stopped_step(campaign, certificate_id), self.asks.begin_step(campaign, certificate_id))
        alert = client_alert if item.missed_window else replacement_alert
        unit.alert(alert(campaign, certificate), self.stores.routing_of(certificate))
        with suppress(ChangedMeanwhile):
            unit.commit()

    def _settle(self, campaign: Campaign, certificate_id: str) -> None:
        certificate = self.stores.certificates.get(certificate_id)
        unit = self.units.begin(WORKER, certificate_id, self.now())
        unit.write(self.asks.end_step(campaign, certificate_id))
        if certificate is not None:
            unit.alert(replaced_alert(campaign, certificate), self.stores.routing_of(certificate))
        with suppress(ChangedMeanwhile):
            unit.commit()
