"""Campaigns: the old versions of many certificates are replaced where they are served, then revoked (ADR 43).

This module has the campaign as a whole; `campaign_items` has what is done for one certificate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from certctl.domain.audit.events import UNRECORDED
from certctl.domain.durations import counted
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.ids import new_ulid, ulid_of
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaign_requests import Aim, CampaignSelection, NewCampaign
from certctl.domain.revocation.reasons import KEY_COMPROMISE
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline

CONFIRMED_WITHIN = timedelta(hours=24)
LONGEST = timedelta(days=90)
KEPT = timedelta(days=400)
_ROUND_WAIT, _LATER_ROUND_WAIT = timedelta(seconds=30), timedelta(minutes=5)
_CLOSE_WATCH = timedelta(hours=1)
_PAUSED_WAIT = timedelta(hours=1)
_MAX_ERROR = 256


class CampaignStopped(Exception):
    """The campaign was paused or cancelled before an act for a certificate was committed; nothing was
    written."""


@dataclass(frozen=True)
class Campaign:
    """`counts` are those of its items by state, and `position` is where its worker continues: in the
    selection while it finds, then after a certificate's id; empty at the beginning. `confirm` is the number
    that was given with the request. `revision` rises with every write, and guards the items too."""

    id: str
    selection: CampaignSelection
    reason: str
    on_deadline: OnDeadline
    deadline_hours: int
    requested_by: str
    created_at: datetime
    updated_at: datetime
    state: CampaignState = CampaignState.FINDING
    confirm: int | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    deadline_reported_at: datetime | None = None
    counts: Mapping[ItemState, int] = field(default_factory=dict)
    position: str = ""
    error: str | None = None
    revision: int = 1
    keys_position: str | None = field(default="", metadata=UNRECORDED)
    """After which certificate's id the old keys are still to be refused; None once all of them are. Campaigns
    that an earlier release has confirmed begin with the first."""
    ticket: str | None = None

    @property
    def job_id(self) -> str:
        return job_of(self.id)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def open_items(self) -> int:
        return sum(count for state, count in self.counts.items() if not state.has_ended)

    @property
    def deadline(self) -> datetime | None:
        """The deadline of the campaign; None until it is confirmed."""
        return self.confirmed_at and self.confirmed_at + timedelta(hours=self.deadline_hours)

    @property
    def kept_until(self) -> datetime:
        return self.created_at + KEPT

    @property
    def is_compromise(self) -> bool:
        """Whether no certificate is issued for the old keys any more, once it is confirmed."""
        return self.reason == KEY_COMPROMISE

    @property
    def aim(self) -> Aim:
        return replace(self.selection.aim, is_compromise=self.is_compromise)

    def window_until(self, now: datetime) -> datetime:
        """When the window ends in which ACME clients are to renew. It begins with the confirmation, and takes
        a quarter of the time to the deadline: clients draw a point in it when they look, twice a day. A
        window that is moved late is as long."""
        quarter = timedelta(hours=self.deadline_hours) / 4
        began = self.confirmed_at or now
        return (began if now < began + quarter / 2 else now) + quarter

    @property
    def must_refuse_keys(self) -> bool:
        """Whether old keys are left to refuse; a pause does not stop that: it is for acts on certificates."""
        return self.is_working and self.keys_position is not None

    def is_late(self, now: datetime) -> bool:
        return self.deadline is not None and now >= self.deadline

    @property
    def revokes_now(self) -> bool:
        """Whether old versions are revoked without regard to where they are served: once the alert of the
        deadline is stored."""
        return self.on_deadline is OnDeadline.REVOKE and self.deadline_reported_at is not None

    def must_report_deadline(self, now: datetime) -> bool:
        """Once, also while it is paused, if anything is left."""
        return (
            self.is_working
            and self.is_late(now)
            and self.deadline_reported_at is None
            and self._is_unfinished
        )

    def has_expired(self, now: datetime) -> bool:
        """Whether nobody has confirmed the dry run in time, or the campaign has lasted too long."""
        if self.state is CampaignState.UNCONFIRMED:
            return now >= self.updated_at + CONFIRMED_WITHIN
        return self.confirmed_at is not None and now >= self.confirmed_at + LONGEST

    def is_done(self, now: datetime) -> bool:
        """A failed item is not final while the deadline is still to revoke its old versions."""
        if self.state is not CampaignState.RUNNING or self.open_items:
            return False
        failed = self.counts.get(ItemState.FAILED, 0)
        return self.on_deadline is OnDeadline.ALERT or not failed

    def wait(self, now: datetime) -> timedelta:
        """Until its worker looks again: at once if the deadline has passed while it worked."""
        if self.state is CampaignState.UNCONFIRMED:
            return max(self.updated_at + CONFIRMED_WITHIN - now, timedelta())
        if self.must_report_deadline(now):
            return timedelta()
        usual = _PAUSED_WAIT if self.state is CampaignState.PAUSED else self._round_wait(now)
        if self.deadline is None or self.is_late(now):
            return usual
        return min(usual, self.deadline - now)

    def found(self, items: Sequence[CampaignItem], position: str | None, now: datetime) -> "Campaign":
        """The campaign with a slice of new items; `position` is None at the end of the selection."""
        counts = dict(self.counts)
        counts[ItemState.FOUND] = counts.get(ItemState.FOUND, 0) + len(items)
        after = self._changed(now, counts=counts, position=position or "")
        return after if position is not None else after._all_found(now)

    def confirmed(self, count: int, now: datetime) -> "Campaign":
        """Raises Conflict unless it awaits this, and InvalidInput unless `count` is the number found."""
        self._require(CampaignState.RUNNING, "be confirmed", CampaignState.UNCONFIRMED)
        if count != self.total:
            raise InvalidInput.of("confirm", f"the dry run found {counted(self.total, 'certificate')}")
        return self._changed(now, confirm=count, error=None)._confirmed(now)

    def paused(self, now: datetime) -> "Campaign":
        """Raises Conflict."""
        self._require(CampaignState.PAUSED, "be paused", CampaignState.RUNNING)
        return self._becoming(CampaignState.PAUSED, now)

    def resumed(self, now: datetime) -> "Campaign":
        """Raises Conflict."""
        self._require(CampaignState.RUNNING, "be resumed", CampaignState.PAUSED)
        return self._becoming(CampaignState.RUNNING, now)

    def cancelled(self, why: str, now: datetime) -> "Campaign":
        """What was rekeyed, deployed and revoked stays. Raises Conflict."""
        self._require(CampaignState.CANCELLED, "be cancelled")
        return self._ended(CampaignState.CANCELLED, now, why)

    def failed(self, why: str, now: datetime) -> "Campaign":
        """Raises Conflict."""
        self._require(CampaignState.FAILED, "fail")
        return self._ended(CampaignState.FAILED, now, why)

    def completed(self, now: datetime) -> "Campaign":
        """Raises Conflict."""
        self._require(CampaignState.COMPLETED, "be completed")
        return self._ended(CampaignState.COMPLETED, now, None)

    @property
    def is_working(self) -> bool:
        """Whether it runs or is paused: something may have been done for a certificate."""
        return self.state in (CampaignState.RUNNING, CampaignState.PAUSED)

    def require_working(self) -> None:
        """Raises Conflict unless it runs or is paused."""
        if not self.is_working:
            raise Conflict(f"A campaign that is {self.state} does not work on certificates.")

    def with_deadline_reported(self, now: datetime) -> "Campaign":
        return self._changed(now, deadline_reported_at=now)

    def with_keys_refused(self, position: str | None, now: datetime) -> "Campaign":
        """After a slice of items whose old keys are refused; `position` is None after the last one."""
        return self._changed(now, keys_position=position)

    def moved(
        self, steps: Sequence[tuple[CampaignItem, CampaignItem]], position: str, now: datetime
    ) -> "Campaign":
        """After steps of its items (before, after)."""
        counts = dict(self.counts)
        for before, after in steps:
            counts[before.state] = counts.get(before.state, 0) - 1
            counts[after.state] = counts.get(after.state, 0) + 1
        left = {state: count for state, count in counts.items() if count}
        return self._changed(now, counts=left, position=position)

    @property
    def _is_unfinished(self) -> bool:
        return bool(self.open_items or self.counts.get(ItemState.FAILED, 0))

    def _round_wait(self, now: datetime) -> timedelta:
        began = self.confirmed_at or now
        return _ROUND_WAIT if now < began + _CLOSE_WATCH else _LATER_ROUND_WAIT

    def _all_found(self, now: datetime) -> "Campaign":
        if self.confirm == self.total:
            return self._confirmed(now)
        differs = f"{self.confirm} were confirmed, {self.total} were found; confirm this number"
        return replace(self, state=CampaignState.UNCONFIRMED, error=None if self.confirm is None else differs)

    def _confirmed(self, now: datetime) -> "Campaign":
        """A key that the selection names is refused in the transaction that confirms."""
        is_left = self.is_compromise and self.selection.spki_sha256 is None
        position = "" if is_left else None
        return replace(self, state=CampaignState.RUNNING, confirmed_at=now, keys_position=position)

    def _require(self, target: CampaignState, act: str, *sources: CampaignState) -> None:
        is_source = not sources or self.state in sources
        if not (is_source and self.state.can_become(target)):
            raise Conflict(f"A campaign that is {self.state} cannot {act}.")

    def _ended(self, state: CampaignState, now: datetime, why: str | None) -> "Campaign":
        return self._becoming(state, now, ended_at=now, error=why and why[:_MAX_ERROR])

    def _becoming(self, state: CampaignState, now: datetime, **fields: object) -> "Campaign":
        return self._changed(now, state=state, **fields)

    def _changed(self, now: datetime, **fields: object) -> "Campaign":
        # replace checks the names at run time
        return replace(self, updated_at=now, revision=self.revision + 1, **fields)  # type: ignore[arg-type]


@dataclass(frozen=True)
class CampaignOfCertificate:
    """A campaign, and what has become of one certificate in it."""

    campaign: Campaign
    item: CampaignItem


def new_campaign(wanted: NewCampaign, requested_by: str, now: datetime) -> Campaign:
    """Raises InvalidInput. `requested_by` is the id of the actor."""
    wanted.check()
    return Campaign(
        id=f"cmp-{new_ulid(now)}",
        selection=wanted.selection,
        reason=wanted.reason,
        on_deadline=wanted.on_deadline,
        deadline_hours=wanted.deadline_hours,
        requested_by=requested_by,
        created_at=now,
        updated_at=now,
        confirm=wanted.confirm,
        ticket=wanted.ticket,
    )


def job_of(campaign_id: str) -> str:
    """The id of the job that runs a campaign."""
    return f"job-{ulid_of(campaign_id)}"


def campaign_of(job_id: str) -> str:
    """The id of the campaign that a job runs."""
    return f"cmp-{ulid_of(job_id)}"
