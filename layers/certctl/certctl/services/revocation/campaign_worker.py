"""The worker of campaigns: turns of a few seconds, slices of 50 certificates (ADR 43).

A slice acts first, and stores its items, the counts and the position in one transaction, on condition that
the campaign is as it was read and that the worker still holds the job. What a worker did without storing it
is found done by the next one, or by the last turn of a campaign that has been stopped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.audit.events import Actor, changes
from certctl.domain.due_work import Claim
from certctl.domain.errors import ChangedMeanwhile, InvalidInput
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.campaign_alerts import deadline_alert, failure_alert
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign, CampaignStopped, campaign_of
from certctl.domain.revocation.states import CampaignState, ItemState
from certctl.services.revocation.campaign_acts import CampaignActs
from certctl.services.revocation.campaign_finding import CampaignFinder
from certctl.services.revocation.campaign_keys import key_groups, key_steps, old_keys_of, refused_at_once
from certctl.services.revocation.turns import (
    SLICE,
    TURN,
    WORKER,
    OutOfTime,
    Turn,
    each_apart,
    give_way,
    turn_of,
)
from certctl.store.revocation.campaigns import CampaignStore
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

_NOT_CONFIRMED = "nobody confirmed it within 24 hours"
_TOO_LONG = "it was not done within 90 days"

type Step = tuple[CampaignItem, CampaignItem]
"""An item before and after."""


@dataclass(frozen=True)
class CampaignWorker:
    stores: Stores
    units: Units
    campaigns: CampaignStore
    finder: CampaignFinder
    acts: CampaignActs
    nudges: Nudges
    now: Callable[[], datetime]

    def attempt(self, claim: Claim, job: Job) -> None:
        """Slice after slice, until nothing can be done but to wait, or the turn is over. Raises Unavailable
        if the store is down: the lease runs out, and another turn continues after the last slice."""
        turn = turn_of(claim, job)
        until, seen = claim.turn_ends(TURN, self.now()), 0
        while self.now() < until:
            campaign = self.campaigns.get(campaign_of(job.id))
            if campaign is None or campaign.revision == seen:
                return
            try:
                if not self._goes_on(turn, campaign):
                    return
            except (ChangedMeanwhile, CampaignStopped):
                # by a person, which is read again; or the job is another worker's: the revision is as seen
                seen = campaign.revision
            except OutOfTime:
                break
        give_way(turn, self.stores, self.nudges, self.now())

    def _goes_on(self, turn: Turn, campaign: Campaign) -> bool:
        """One step; False if the turn is over with it. Raises ChangedMeanwhile."""
        now = self.now()
        if campaign.state.has_ended:
            self._close(turn, campaign)
            return False
        why = self._obstacle(turn, campaign, now)
        if why is not None:
            self._stop(turn, campaign, why)
            return False
        if campaign.must_refuse_keys:
            self._refuse_keys(turn, campaign)
            return True
        if campaign.must_report_deadline(now):
            self._report_deadline(turn, campaign)
            return True
        if campaign.state is CampaignState.FINDING:
            return self._find(turn, campaign)
        if campaign.state is CampaignState.RUNNING and not campaign.is_done(now):
            return self._work(turn, campaign)
        if campaign.is_done(now):
            self._settle_asks(turn, campaign)
            self._end(turn, campaign, campaign.completed(now), "campaign_completed")
            return False
        self._postpone(turn, campaign, campaign.wait(now))
        return False

    def _obstacle(self, turn: Turn, campaign: Campaign, now: datetime) -> str | None:
        if turn.is_one_too_many:
            return "the worker stopped in every turn"
        if campaign.has_expired(now):
            return _NOT_CONFIRMED if campaign.state is CampaignState.UNCONFIRMED else _TOO_LONG
        return self.stores.requesters.obstacle(turn.job)

    def _find(self, turn: Turn, campaign: Campaign) -> bool:
        try:
            found = self.finder.next_of(campaign)
        except InvalidInput as error:
            self._stop(turn, campaign, error.detail)
            return False
        after = campaign.found(found.items, found.position, self.now())
        unit = self._unit(turn, campaign, after)
        unit.write(*self.campaigns.item_steps(after, found.items), self.stores.jobs.kept_step(turn.claim))
        unit.write(*key_steps(self.stores.refused_keys, campaign, after))
        if after.state is not campaign.state:
            details = changes(campaign, after) | refused_at_once(campaign, after)
            unit.event("campaign_found", _resource(after), details)
        unit.commit()
        return True

    def _refuse_keys(self, turn: Turn, campaign: Campaign) -> None:
        """Refuses the old keys of the next slice of items, if the campaign is for a compromise. Raises
        ChangedMeanwhile."""
        after_id = campaign.keys_position or ""
        items = self.campaigns.items_after(campaign.id, after_id, SLICE) if campaign.is_compromise else []
        keys = old_keys_of(items)
        position = items[-1].certificate_id if len(items) == SLICE else None
        after = campaign.with_keys_refused(position, self.now())
        unit = self._unit(turn, campaign, after)
        unit.write(self.stores.jobs.kept_step(turn.claim))
        unit.write_together(*key_groups(self.stores.refused_keys, campaign, keys))
        if keys:
            unit.event("campaign_keys_refused", _resource(after), {"refused_keys": keys})
        unit.commit()

    def _work(self, turn: Turn, campaign: Campaign) -> bool:
        """A slice of the round over all items; the job waits after each round. Raises ChangedMeanwhile,
        CampaignStopped before the first act after a pause or a cancellation, and OutOfTime once it has stored
        the part that it had time for: however slowly AWS answers, the next turn has less to do."""
        items = self.campaigns.items_after(campaign.id, campaign.position, SLICE)
        seen = self._seen(turn, campaign, items, partial(self.acts.advanced, turn.caller, campaign))
        reached = items[: seen.index(None)] if None in seen else items
        is_round_over = len(reached) == len(items) < SLICE
        position = "" if is_round_over else _position_after(reached, campaign)
        after = self._stored(turn, campaign, _steps(items, seen), position)
        if len(reached) < len(items):
            raise OutOfTime
        if not is_round_over or after.is_done(self.now()):
            return True
        self._postpone(turn, after, after.wait(self.now()))
        return False

    def _seen(
        self,
        turn: Turn,
        campaign: Campaign,
        items: Sequence[CampaignItem],
        change: Callable[[CampaignItem], CampaignItem],
    ) -> list[CampaignItem | None]:
        """Each item after `change`, or as it was if nothing is to do for it; None if no time was left."""

        def changed(item: CampaignItem) -> CampaignItem | None:
            if not _is_to_look_at(item, campaign):
                return item
            return change(item) if turn.has_time(self.now()) else None

        return each_apart(items, lambda item: item.certificate_id, changed)

    def _stored(self, turn: Turn, campaign: Campaign, steps: Sequence[Step], position: str) -> Campaign:
        """The campaign with these steps of its items. Raises ChangedMeanwhile."""
        if not steps and position == campaign.position:
            return campaign
        after = campaign.moved(steps, position, self.now())
        unit = self._unit(turn, campaign, after)
        unit.write(*self.campaigns.item_steps(after, [new for _, new in steps]))
        unit.write(self.stores.jobs.kept_step(turn.claim))
        unit.commit()
        return after

    def _close(self, turn: Turn, campaign: Campaign) -> None:
        """The last turn of a campaign that has been cancelled. Raises ChangedMeanwhile."""
        steps = self._unstored(turn, campaign)
        self._settle_asks(turn, campaign)
        after = campaign.moved(steps, campaign.position, self.now())
        status, error = _end_of_job(after)
        unit = self._unit(turn, campaign, after)
        unit.write(*self.campaigns.item_steps(after, [new for _, new in steps]))
        unit.end(turn.claim, turn.job, status, error)
        unit.commit()

    def _unstored(self, turn: Turn, campaign: Campaign) -> list[Step]:
        """What was done for items and could not be stored, because the campaign was stopped: in the slice at
        its position at most, for earlier ones are stored, and later ones had no act. Raises OutOfTime."""
        if turn.is_one_too_many:  # perhaps because of these very items
            return []
        items = self.campaigns.items_after(campaign.id, campaign.position, SLICE)
        seen = self._seen(turn, campaign, items, partial(self.acts.noted, campaign))
        if None in seen:
            raise OutOfTime
        return _steps(items, seen)

    def _settle_asks(self, turn: Turn, campaign: Campaign) -> None:
        """Resolves what its items do not have, because a worker stopped before it stored them. Raises
        OutOfTime."""
        if not turn.is_one_too_many:
            self.acts.asks.settle_all(campaign, lambda: turn.require_time(self.now()))

    def _report_deadline(self, turn: Turn, campaign: Campaign) -> None:
        after = campaign.with_deadline_reported(self.now())
        unit = self._unit(turn, campaign, after, WORKER)
        unit.write(self.stores.jobs.kept_step(turn.claim))
        unit.event("campaign_deadline_passed", _resource(after), changes(campaign, after))
        unit.alert(deadline_alert(campaign), self.stores.routing.stack_facts())
        unit.commit()

    def _stop(self, turn: Turn, campaign: Campaign, why: str) -> None:
        """Ends the campaign for the worker itself; with an alert, unless nothing had begun."""
        if campaign.state is CampaignState.UNCONFIRMED and why == _NOT_CONFIRMED:
            self._end(turn, campaign, campaign.cancelled(why, self.now()), "campaign_cancelled")
            return
        steps = self._unstored(turn, campaign) if campaign.is_working else []
        self._settle_asks(turn, campaign)
        now = self.now()
        after = campaign.moved(steps, campaign.position, now).failed(why, now)
        self._end(turn, campaign, after, "campaign_failed", [new for _, new in steps])

    def _end(
        self,
        turn: Turn,
        campaign: Campaign,
        after: Campaign,
        action: str,
        items: Sequence[CampaignItem] = (),
    ) -> None:
        """The campaign, its last items and its job, in one transaction."""
        status, error = _end_of_job(after)
        actor = turn.caller.actor if after.state is CampaignState.COMPLETED else WORKER
        unit = self._unit(turn, campaign, after, actor)
        unit.write(*self.campaigns.item_steps(after, items))
        unit.end(turn.claim, turn.job, status, error)
        unit.event(action, _resource(after), changes(campaign, after))
        if after.state is CampaignState.FAILED:
            unit.alert(failure_alert(after), self.stores.routing.stack_facts())
        unit.commit()

    def _unit(
        self, turn: Turn, campaign: Campaign, after: Campaign, actor: Actor | None = None
    ) -> UnitOfWork:
        unit = self.units.begin(actor or turn.caller.actor, turn.job.id, self.now())
        unit.write(*self.campaigns.save_steps(campaign, after))
        return unit

    def _postpone(self, turn: Turn, campaign: Campaign, wait: timedelta) -> None:
        """Refused if somebody has confirmed, resumed or verified since the campaign was read: their nudge
        would be lost."""
        unchanged = self.campaigns.unchanged_step(campaign)
        self.stores.jobs.postpone_if(unchanged, turn.claim, self.now() + wait)
        self.nudges.job(turn.job.nudge_for(turn.claim), wait.total_seconds())


def _steps(before: Sequence[CampaignItem], seen: Sequence[CampaignItem | None]) -> list[Step]:
    """The items that have changed, each with what it was before."""
    return [(old, new) for old, new in zip(before, seen, strict=True) if new is not None and new != old]


def _position_after(items: Sequence[CampaignItem], campaign: Campaign) -> str:
    return items[-1].certificate_id if items else campaign.position


def _is_to_look_at(item: CampaignItem, campaign: Campaign) -> bool:
    is_failed = item.state is ItemState.FAILED
    return not item.state.has_ended or (is_failed and campaign.revokes_now)


def _end_of_job(campaign: Campaign) -> tuple[JobStatus, str | None]:
    if campaign.state is CampaignState.CANCELLED:
        return JobStatus.CANCELLED, campaign.error
    if campaign.state is CampaignState.FAILED:
        return JobStatus.FAILED, campaign.error
    failed = campaign.counts.get(ItemState.FAILED, 0)
    if failed:
        return JobStatus.FAILED, f"{failed} of {campaign.total} certificates failed"
    return JobStatus.COMPLETED, None


def _resource(campaign: Campaign) -> Resource:
    return Resource("campaign", campaign.id)
