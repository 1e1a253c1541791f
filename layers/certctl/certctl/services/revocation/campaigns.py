"""Campaigns on request: a dry run, its confirmation, pause, resume, cancel, a person's verification, lists.
`campaign_worker` does the work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.errors import ChangedMeanwhile, NotFound
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import job_over_many
from certctl.domain.jobs.statuses import JobType
from certctl.domain.revocation.campaign_items import CampaignItem, ItemFilter
from certctl.domain.revocation.campaign_requests import NewCampaign
from certctl.domain.revocation.campaigns import Campaign, job_of, new_campaign
from certctl.domain.revocation.states import CampaignState
from certctl.services.revocation.campaign_keys import key_steps, refused_at_once
from certctl.store.paging import Hit, ListPage, Position, in_parallel, load
from certctl.store.reading import read_page
from certctl.store.revocation.campaign_stops import stop_steps
from certctl.store.revocation.campaigns import CampaignStore
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class Campaigns:
    stores: Stores
    units: Units
    campaigns: CampaignStore
    nudges: Nudges
    now: Callable[[], datetime]

    def start(self, caller: Principal, wanted: NewCampaign) -> Campaign:
        """The campaign, which finds its certificates; it changes nothing before their number is confirmed.
        Raises InvalidInput."""
        now = self.now()
        campaign = new_campaign(wanted, caller.actor.id, now)
        unit = self.units.begin(caller.actor, campaign.job_id, now)
        job = job_over_many(JobType.CAMPAIGN, Requester.of(caller), now)
        unit.create(replace(job, id=campaign.job_id))
        unit.write(self.campaigns.create_step(campaign))
        unit.event("campaign_requested", _resource(campaign), changes(None, campaign))
        unit.commit()
        return campaign

    def confirm(self, caller: Principal, campaign_id: str, count: int) -> Campaign:
        """Raises NotFound, Conflict, and InvalidInput if another number was found."""
        return self._changed(caller, campaign_id, "campaign_confirmed", partial(_confirmed, count))

    def pause(self, caller: Principal, campaign_id: str) -> Campaign:
        """Nothing is done for a certificate from then on, not even by a slice in progress. Raises NotFound,
        Conflict."""
        return self._changed(caller, campaign_id, "campaign_paused", Campaign.paused)

    def resume(self, caller: Principal, campaign_id: str) -> Campaign:
        """Raises NotFound, Conflict."""
        return self._changed(caller, campaign_id, "campaign_resumed", Campaign.resumed)

    @retry_on_conflict
    def cancel(self, caller: Principal, campaign_id: str) -> Campaign:
        """Ends it at once; what it has done stays, and so do jobs that it has opened. If it worked on
        certificates, its job ends with a last turn, which stores what was done and not stored yet. Raises
        NotFound, Conflict."""
        now, (before, job) = self.now(), self._with_job(campaign_id)
        reason = f"cancelled by {caller.key_id}"
        after = before.cancelled(reason, now)
        unit = self.units.begin(caller.actor, before.job_id, now)
        unit.write(*self.campaigns.save_steps(before, after), *stop_steps(before, after))
        if before.is_working:
            unit.after_commit(partial(self._wake, job))
        else:
            unit.cancel([job] if job and not job.status.is_terminal else [], reason)
        unit.event("campaign_cancelled", _resource(after), changes(before, after))
        unit.commit()
        return after

    @retry_on_conflict
    def verify(self, caller: Principal, campaign_id: str, certificate_id: str) -> CampaignItem:
        """A person has seen the new version in use wherever the old one was: the old ones are revoked next.
        Raises NotFound, and Conflict if there is no new version, or the campaign does not run."""
        now = self.now()
        (before, job), item = in_parallel(
            lambda: self._with_job(campaign_id), lambda: self.campaigns.item(campaign_id, certificate_id)
        )
        if item is None:
            raise NotFound("There is no such certificate in this campaign.")
        before.require_working()
        verified = item.verified(caller.actor.id, now)
        after = before.moved([(item, verified)], before.position, now)
        unit = self.units.begin(caller.actor, before.job_id, now)
        unit.write(*self.campaigns.save_steps(before, after))
        unit.write(*self.campaigns.item_steps(after, [verified]))
        about = {"certificate_id": certificate_id, **changes(item, verified)}
        unit.event("campaign_item_verified", _resource(after), about)
        unit.after_commit(partial(self._wake, job))
        unit.commit()
        return verified

    def get(self, campaign_id: str) -> Campaign:
        """Raises NotFound."""
        campaign = self.campaigns.get(campaign_id)
        if campaign is None:
            raise NotFound("There is no such campaign.")
        return campaign

    def page(self, position: Position | None, per_page: int) -> ListPage[Campaign]:
        """Newest first. Raises InvalidInput for a position outside this list."""
        reading = read_page(self.campaigns.newest_first(), position, per_page, all_shown=True)
        return reading.page(self._campaigns, _any_campaign)

    def items(
        self, campaign_id: str, wanted: ItemFilter, position: Position | None, per_page: int
    ) -> ListPage[CampaignItem]:
        """The items that match, by certificate id. Raises NotFound, InvalidInput."""
        stages = self.campaigns.in_order(campaign_id)
        _, reading = in_parallel(
            lambda: self.get(campaign_id),
            lambda: read_page(stages, position, per_page, all_shown=wanted.is_any),
        )

        def shown(_: Hit, item: CampaignItem) -> bool:
            return wanted.matches(item)

        return reading.page(partial(self._items, campaign_id), shown)

    def _campaigns(self, ids: Sequence[str]) -> dict[str, Campaign]:
        return {campaign.id: campaign for campaign in load(ids, self.campaigns.get_many)}

    def _items(self, campaign_id: str, ids: Sequence[str]) -> dict[str, CampaignItem]:
        found = load(ids, partial(self.campaigns.items, campaign_id))
        return {item.certificate_id: item for item in found}

    @retry_on_conflict
    def _changed(
        self,
        caller: Principal,
        campaign_id: str,
        action: str,
        change: Callable[[Campaign, datetime], Campaign],
    ) -> Campaign:
        now, (before, job) = self.now(), self._with_job(campaign_id)
        after = change(before, now)
        unit = self.units.begin(caller.actor, before.job_id, now)
        unit.write(*self.campaigns.save_steps(before, after), *stop_steps(before, after))
        unit.write(*key_steps(self.stores.refused_keys, before, after))
        unit.event(action, _resource(after), changes(before, after) | refused_at_once(before, after))
        if after.state is CampaignState.RUNNING:
            unit.after_commit(partial(self._wake, job))
        unit.commit()
        return after

    def _with_job(self, campaign_id: str) -> tuple[Campaign, Job | None]:
        """Raises NotFound."""
        return in_parallel(lambda: self.get(campaign_id), lambda: self.stores.jobs.get(job_of(campaign_id)))

    def _wake(self, job: Job | None) -> None:
        """Makes the worker look now, not at the end of its wait. A worker that has the job looks by
        itself."""
        if job is None or job.status.is_terminal:
            return
        try:
            self.stores.database.write_or_refuse(self.stores.jobs.wait_step(job, self.now()))
        except ChangedMeanwhile:
            return
        self.nudges.job(job.nudge)


def _confirmed(count: int, campaign: Campaign, now: datetime) -> Campaign:
    return campaign.confirmed(count, now)


def _any_campaign(_: Hit, __: Campaign) -> bool:
    return True


def _resource(campaign: Campaign) -> Resource:
    return Resource("campaign", campaign.id)
