"""Mutes and maintenance windows: periods without alerts of one certificate or of a team's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.notifications.statuses import Action, Severity
from certctl.domain.notifications.subjects import AlertSubject

MAX_LIVE_MUTES = 2_000
MAX_LIVE_MUTES_OF_TEAM = 200
LONGEST_MUTE = timedelta(days=366)


@dataclass(frozen=True)
class Mute:
    """A mute, in force from `starts_at` until before `ends_at`: for one certificate if `certificate_id` is
    set, else for all of `team_id`; no `severities` means all. `team_id` owns the mute in both cases.
    `created_by` is the id of the key, session or token, `subject_id` of the user or service account that it
    acted for; None in mutes of earlier releases."""

    id: str
    team_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    created_by: str
    created_at: datetime
    certificate_id: str | None = None
    severities: tuple[Severity, ...] = ()
    subject_id: str | None = None

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def is_in_force(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at

    def covers(self, subject: AlertSubject, severity: Severity) -> bool:
        """Whether the mute matches, regardless of the time."""
        is_selected = (
            self.certificate_id == subject.certificate_id
            if self.certificate_id is not None
            else self.team_id == subject.team_id
        )
        return is_selected and (not self.severities or severity in self.severities)


def is_muted(
    mutes: Iterable[Mute], subject: AlertSubject, severity: Severity, action: Action, now: datetime
) -> bool:
    """Whether the alert is muted at `now`. A resolve never is: recipients of the incident wait for its
    end."""
    return action is not Action.RESOLVE and any(mutes_in_force(mutes, subject, severity, now))


def mutes_in_force(
    mutes: Iterable[Mute], subject: AlertSubject, severity: Severity, now: datetime
) -> list[Mute]:
    """The mutes that mute a trigger at `now`."""
    return [mute for mute in mutes if mute.is_in_force(now) and mute.covers(subject, severity)]


@dataclass(frozen=True)
class NewMute:
    """A request to mute a certificate or a team: exactly one. `starts_at` defaults to now."""

    ends_at: datetime
    reason: str
    certificate_id: str | None = None
    team_id: str | None = None
    starts_at: datetime | None = None
    severities: tuple[Severity, ...] = ()
