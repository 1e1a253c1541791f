"""Incidents: all endpoints of one certificate with one finding are one incident, as is each finding of an
endpoint without certificates (docs/endpoints.md#incidents)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from certctl.domain.inventory.endpoints.damping import SAME_INCIDENT, Change, Damped, change
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.findings import LISTED_IF_FREE, Finding
from certctl.domain.notifications.statuses import Severity

MAX_NAMED = 20


@dataclass(frozen=True)
class Affected:
    """An endpoint that has a finding, and how severe that is there."""

    endpoint_id: str
    name: str
    """Host and port."""
    severity: Severity


@dataclass(frozen=True)
class Incident:
    """A finding at one or more endpoints. `revision` rises with every write and guards it."""

    subject_id: str
    """The certificate, or the endpoint that has none."""
    finding: Finding
    opened_at: datetime
    severity: Severity
    endpoints: int = 0
    """How many have it."""
    named: tuple[Affected, ...] = ()
    """The first 20 of them."""
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    """When it returned in silence last."""
    has_alert: bool = False
    """Whether an alert is open."""
    reported: tuple[Severity, ...] = ()
    """The severities of its alerts."""
    teams: Mapping[str, int] = field(default_factory=dict)
    """How many endpoints of each team have it: zero of those that had it last, if it has ended."""
    revision: int = 0
    """0 for one that is not stored yet."""

    @property
    def is_open(self) -> bool:
        return self.endpoints > 0

    @property
    def unnamed(self) -> int:
        """How many of its endpoints are not among the named ones."""
        return self.endpoints - len(self.named)

    @property
    def silent_until(self) -> datetime | None:
        """When it is reported if it lasts, having returned in silence; None for any other."""
        is_silent = self.is_open and not self.has_alert and self.reopened_at is not None
        return self.reopened_at + SAME_INCIDENT if is_silent and self.reopened_at else None

    def includes(self, now: datetime) -> bool:
        """Whether a finding that is raised at `now` belongs to it: while it is open, and for a day after."""
        return self.is_open or (self.closed_at is not None and now - self.closed_at < SAME_INCIDENT)

    def joined(self, affected: Affected, now: datetime, team_id: str) -> "Incident":
        """The incident with one more endpoint. An alert is due for the first one of a team: people may not
        see the endpoints of the team that has opened it."""
        is_first = team_id not in self.teams
        known = {team: count for team, count in self.teams.items() if count or not is_first}
        more = replace(
            self,
            endpoints=self.endpoints + 1,
            named=(*self.named, affected)[:MAX_NAMED],
            closed_at=None,
            reopened_at=now if self.closed_at is not None else self.reopened_at,
            teams={**known, team_id: known.get(team_id, 0) + 1},
        )
        return more._seen(affected)._alerting if is_first else more.lasting(affected, now)

    def lasting(self, affected: Affected, now: datetime) -> "Incident":
        """The incident after another look at an endpoint that has it. An alert is due for a new incident, for
        a severity that none had, and for one that returned in silence and has lasted for a day since."""
        seen = self._seen(affected)
        is_due = seen.silent_until is None or now >= seen.silent_until
        return seen if not is_due and seen.severity in seen.reported else seen._alerting

    def left(self, endpoint_id: str, now: datetime, team_id: str) -> "Incident":
        """The incident without an endpoint; the last one ends it."""
        rest = max(self.endpoints - 1, 0)
        named = tuple(each for each in self.named if each.endpoint_id != endpoint_id)
        if not rest:
            silent = dict.fromkeys(self.teams, 0)
            return replace(self, endpoints=0, named=(), closed_at=now, has_alert=False, teams=silent)
        counts = {**self.teams, team_id: self.teams.get(team_id, 0) - 1}
        teams = {team: count for team, count in counts.items() if count > 0}
        return replace(self, endpoints=rest, named=named, teams=teams)

    def _seen(self, affected: Affected) -> "Incident":
        is_worse = affected.severity is Severity.CRITICAL
        return replace(self, severity=Severity.CRITICAL if is_worse else self.severity)

    @property
    def _alerting(self) -> "Incident":
        return replace(self, has_alert=True, reported=_with(self.reported, self.severity))


@dataclass(frozen=True)
class Step:
    """What a probe of one endpoint changes for an incident."""

    state: Damped
    """The finding after the probe."""
    change: Change

    def of(self, incident: Incident | None, endpoint: Endpoint, now: datetime) -> Incident:
        """The incident after it; None for one that is not stored."""
        affected = Affected(endpoint.id, endpoint.text, self.state.severity)
        match self.change:
            case Change.RAISED | Change.REOPENED:
                return self._opened(incident, endpoint, now).joined(affected, now, endpoint.team_id)
            case Change.RESOLVED:
                return self._opened(incident, endpoint, now).left(endpoint.id, now, endpoint.team_id)
            case _:
                return self._opened(incident, endpoint, now).lasting(affected, now)

    def _opened(self, incident: Incident | None, endpoint: Endpoint, now: datetime) -> Incident:
        """The stored incident, or a new one if that has long ended."""
        if incident is not None and incident.includes(now):
            return incident
        since, revision = self.state.opened_at or now, incident.revision if incident else 0
        subject = subject_id(endpoint, self.state)
        return Incident(subject, self.state.finding, since, self.state.severity, revision=revision)


def subject_id(endpoint: Endpoint, state: Damped) -> str:
    """What an incident is about: the certificate, or the endpoint that has none."""
    return state.certificate_id or endpoint.id


def steps(before: Endpoint, findings: tuple[Damped, ...]) -> tuple[Step, ...]:
    """What a probe that led to `findings` changes. Those that a free endpoint only lists change no
    incident."""
    known = {each.key: each for each in before.findings}
    listed = frozenset[Finding]() if before.is_attached else LISTED_IF_FREE
    found = (
        (state, change(known.get(state.key, Damped(*state.key)), state))
        for state in findings
        if state.finding not in listed
    )
    return tuple(Step(state, what) for state, what in found if what is not None)


def is_reported_now(before: Incident | None, after: Incident) -> bool:
    """Whether an alert is to be sent: the first, one of a severity that none had, or the first of a team."""
    if before is None or not before.has_alert:
        return after.has_alert
    return after.reported != before.reported or bool(after.teams.keys() - before.teams.keys())


def is_resolved_now(before: Incident | None, after: Incident) -> bool:
    """Whether an open alert is to be resolved."""
    return before is not None and before.has_alert and not after.has_alert


def _with(severities: tuple[Severity, ...], one: Severity) -> tuple[Severity, ...]:
    return severities if one in severities else (*severities, one)
