"""What a campaign does for one certificate: rekey, deploy, revoke, each as a person would by the API.

Each act is a transaction of its own, and safe to repeat: an open job is adopted, a deployment that exists is
kept, a version that is revoked stays so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from certctl.domain.access.principals import Principal
from certctl.domain.aws_failures import HINDRANCES
from certctl.domain.errors import ChangedMeanwhile, NotFound, TooManyRequests, Unavailable
from certctl.domain.jobs.jobs import IssuanceStarted, Job
from certctl.domain.revocation.campaign_items import Act, CampaignItem, Move, next_move
from certctl.domain.revocation.campaigns import Campaign, CampaignStopped
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.states import ItemState
from certctl.services.revocation.campaign_asks import CampaignAsks
from certctl.services.revocation.campaign_facts import CampaignFacts
from certctl.services.revocation.campaign_windows import CampaignWindows
from certctl.services.revocation.turns import detail_of
from certctl.store.revocation.campaign_stops import not_stopped_step
from certctl.store.writes import Write
from certctl.unit_of_work.revoking import Revoking
from certctl.unit_of_work.stores import Stores

_WAITS = (ChangedMeanwhile, NotFound, TooManyRequests)
"""The next look decides again."""
_NOBODYS_FAULT = (Unavailable, CampaignStopped, *HINDRANCES)


class Rekeys(Protocol):
    def renew(
        self, caller: Principal, certificate_id: str, csr_pem: str | None, only_if: Sequence[Write]
    ) -> IssuanceStarted: ...


class Deploys(Protocol):
    def deploy(
        self,
        caller: Principal,
        certificate_id: str,
        target_ids: Sequence[str] | None,
        only_if: Sequence[Write],
    ) -> list[Job]: ...


@dataclass(frozen=True)
class CampaignActs:
    stores: Stores
    facts: CampaignFacts
    rekeys: Rekeys
    deployments: Deploys
    revocation: Revoking
    asks: CampaignAsks
    windows: CampaignWindows
    now: Callable[[], datetime]

    def advanced(self, caller: Principal, campaign: Campaign, item: CampaignItem) -> CampaignItem:
        """Advances an item as far as it gets without waiting. One certificate's failure never stops the
        others. Raises Unavailable and AccessDenied, which no certificate has caused, and CampaignStopped."""
        noted, move = self._before_act(campaign, item)
        return self.asks.following(campaign, item, self._after_act(caller, campaign, noted, move))

    def noted(self, campaign: Campaign, item: CampaignItem) -> CampaignItem:
        """The item with all that has been done for it; nothing more is done. Raises Unavailable."""
        return self._before_act(campaign, item)[0]

    def _before_act(self, campaign: Campaign, item: CampaignItem) -> tuple[CampaignItem, Move]:
        """The item once nothing is left to note, and its next act."""
        aim = campaign.aim
        certificate = self.stores.certificates.get(item.certificate_id)
        facts = self.facts.of(certificate, aim) if certificate else self.facts.of_one_gone()
        while True:
            now = self.now()
            complete = self.facts.with_targets(facts, item)
            until = campaign.window_until(now)
            move = next_move(item, complete, aim, now, revokes_now=campaign.revokes_now, window_until=until)
            if move.act is not Act.NOTE:
                return item, move
            item = move.item

    def _after_act(
        self, caller: Principal, campaign: Campaign, item: CampaignItem, move: Move
    ) -> CampaignItem:
        try:
            return self._done(caller, campaign, move)
        except _NOBODYS_FAULT:
            raise
        except Exception as error:
            return self._after(error, item)

    def _done(self, caller: Principal, campaign: Campaign, move: Move) -> CampaignItem:
        certificate_id = move.item.certificate_id
        only_if = [not_stopped_step(campaign, certificate_id)]
        match move.act:
            case Act.REKEY:
                started = self.rekeys.renew(caller, certificate_id, None, only_if)
                return replace(move.item, job_id=started.job.id)
            case Act.MOVE_WINDOW:
                self.windows.move(caller, campaign, move.item, only_if)
            case Act.DEPLOY:
                self.deployments.deploy(caller, certificate_id, move.of, only_if)
            case Act.REVOKE:
                wanted = RevocationRequest(campaign.reason, job_id=campaign.job_id, ticket=campaign.ticket)
                for serial in move.of:
                    self.revocation.revoke_version(caller, certificate_id, serial, wanted, only_if)
        return move.item

    def _after(self, error: Exception, item: CampaignItem) -> CampaignItem:
        """The item after an act that was refused."""
        if isinstance(error, _WAITS) or self._has_open_job(item):
            return item
        detail = detail_of(error, "step", item.certificate_id)
        if item.state is ItemState.FAILED:
            return replace(item, error=detail[:256])
        return item.failed(detail, self.now())

    def _has_open_job(self, item: CampaignItem) -> bool:
        """Somebody renews it concurrently."""
        is_rekeyed = item.state in (ItemState.FOUND, ItemState.REKEYING)
        certificate = self.stores.certificates.get(item.certificate_id) if is_rekeyed else None
        return certificate is not None and certificate.open_job_id is not None
