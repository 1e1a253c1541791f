"""Damping: a finding is raised by two bad probes and resolved by two good ones, so that a rollout, a restart
or a lost packet alerts nobody (docs/endpoints.md#damping)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from certctl.domain.inventory.endpoints.findings import APART, Finding, patience
from certctl.domain.inventory.endpoints.probes import MAX_ADDRESSES, Offer
from certctl.domain.notifications.statuses import Severity

SAME_INCIDENT = timedelta(hours=24)
"""A finding that returns so soon after its end is the same incident."""

_MOST_CHANGES = 3
_COUNTED_FOR = timedelta(hours=24)
_NEVER = datetime.min.replace(tzinfo=UTC)
_LONGEST_GAP = 3
"""In intervals: probes further apart show nothing of the time between them."""


class Sight(StrEnum):
    """What a probe shows of a finding."""

    BAD = "bad"
    WAITING = "waiting"
    """The finding is there, and may be for now."""
    GOOD = "good"
    UNSEEN = "unseen"
    """The probe could not see it: the address, or the offer, that showed it is missing."""


@dataclass(frozen=True)
class Look:
    """A probe's sight of one finding. `addresses` and `offers` are those that were bad."""

    sight: Sight
    addresses: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    severity: Severity = Severity.WARNING


@dataclass(frozen=True)
class Rhythm:
    """When an endpoint is probed: `previous_at` is the preceding probe, None before the first."""

    now: datetime
    interval: timedelta
    previous_at: datetime | None = None

    @property
    def has_gap(self) -> bool:
        return self.previous_at is not None and self.now - self.previous_at > _LONGEST_GAP * self.interval


@dataclass(frozen=True)
class Damped:
    """A finding of one endpoint and, if it has any, of one of its certificates. Nothing in it changes with a
    probe that shows what the preceding one did."""

    finding: Finding
    certificate_id: str = ""
    """Empty for an endpoint without certificates."""
    bad_since: datetime | None = None
    """The first of the present row of bad probes, while that has not raised it."""
    good_since: datetime | None = None
    """The first of the present row of good probes, while that has not resolved it."""
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    severity: Severity = Severity.WARNING
    addresses: tuple[str, ...] = ()
    """The addresses that were bad since it was first seen."""
    offers: tuple[Offer, ...] = ()
    """The offers under which it was seen, which every probe repeats until it is gone."""
    changes: tuple[datetime, ...] = ()
    """When it was raised and resolved, the last day."""
    silent_until: datetime | None = None
    """When an incident that returned in silence is reported, if it lasts so long; None for all others."""

    @property
    def key(self) -> tuple[Finding, str]:
        return self.finding, self.certificate_id

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def decides_from(self) -> datetime | None:
        """From when on the next probe may raise or resolve it, so that it should follow soon; None if none
        may."""
        if self.bad_since is not None and patience(self.finding) <= APART:
            return self.bad_since
        return None if self.good_since is None else max(self.good_since, self._held_until)

    @property
    def _held_until(self) -> datetime:
        newest_first = sorted(self.changes, reverse=True)
        return max((each + _COUNTED_FOR for each in newest_first[_MOST_CHANGES - 1 :]), default=_NEVER)

    def is_held(self, now: datetime) -> bool:
        """Whether it has changed so often that it stays open for the day."""
        return len(self._recent(now)) >= _MOST_CHANGES

    @property
    def is_of_interest(self) -> bool:
        """Whether probes look for it."""
        return self.is_open or self.bad_since is not None

    def is_forgotten(self, now: datetime) -> bool:
        """Whether the state says no more than its absence."""
        is_over = self.closed_at is None or now - self.closed_at >= SAME_INCIDENT
        return not self.is_of_interest and is_over

    def after(self, look: Look, rhythm: Rhythm) -> "Damped":
        """The state after a probe."""
        match look.sight:
            case Sight.BAD if self.is_open:
                return replace(self._noting(look), good_since=None, silent_until=self._silence(rhythm.now))
            case Sight.BAD:
                return self._after_bad(look, rhythm)
            case Sight.GOOD if self.is_open:
                return self._after_good(rhythm.now)
            case Sight.GOOD:
                return replace(self, bad_since=None)
            case Sight.WAITING:
                return replace(self, bad_since=None, good_since=None)
            case _:
                return self

    def _after_bad(self, look: Look, rhythm: Rhythm) -> "Damped":
        noted, now = self._noting(look), rhythm.now
        is_first = self.bad_since is None or rhythm.has_gap
        since = now if is_first or self.bad_since is None else self.bad_since
        if is_first or now - since < patience(self.finding):
            return replace(noted, bad_since=since)
        opened_at = self.opened_at if self._returns(now) else since
        changes = (*self._recent(now), now)
        return replace(noted, bad_since=None, opened_at=opened_at, closed_at=None, changes=changes)

    def _after_good(self, now: datetime) -> "Damped":
        if self.good_since is None:
            return replace(self, good_since=now)
        if self.is_held(now):
            return self
        changes = (*self._recent(now), now)
        return replace(self, good_since=None, closed_at=now, silent_until=None, changes=changes)

    def _noting(self, look: Look) -> "Damped":
        is_new = not self.is_of_interest
        addresses = look.addresses if is_new else _joined(self.addresses, look.addresses)
        offers = look.offers if is_new else _joined(self.offers, look.offers)
        was_critical = self.is_open and self.severity is Severity.CRITICAL
        severity = Severity.CRITICAL if was_critical else look.severity
        return replace(self, addresses=addresses[:MAX_ADDRESSES], offers=offers, severity=severity)

    def _silence(self, now: datetime) -> datetime | None:
        is_over = self.silent_until is not None and now >= self.silent_until
        return None if is_over else self.silent_until

    def _returns(self, now: datetime) -> bool:
        return self.closed_at is not None and now - self.closed_at < SAME_INCIDENT

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(each for each in self.changes if now - each < _COUNTED_FOR)


class Change(StrEnum):
    """What a probe has changed, as the history of an endpoint has it."""

    RAISED = "raised"
    REOPENED = "reopened"
    WORSENED = "worsened"
    LASTING = "lasting"
    """The finding returned in silence, and has lasted for a day since."""
    RESOLVED = "resolved"


def change(before: Damped, after: Damped) -> Change | None:
    """What a probe has changed for an incident; None for no change."""
    if not before.is_open:
        return _opening(before, after) if after.is_open else None
    if not after.is_open:
        return Change.RESOLVED
    if after.severity is not before.severity:
        return Change.WORSENED
    return Change.LASTING if after.silent_until is not before.silent_until else None


def _opening(before: Damped, after: Damped) -> Change:
    return Change.REOPENED if after.opened_at == before.opened_at else Change.RAISED


def _joined[T](known: tuple[T, ...], more: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*known, *more)))
