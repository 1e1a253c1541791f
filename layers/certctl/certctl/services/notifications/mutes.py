"""Mutes and maintenance windows of teams: list, create, end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.domain.notifications.mutes import (
    LONGEST_MUTE,
    MAX_LIVE_MUTES,
    MAX_LIVE_MUTES_OF_TEAM,
    Mute,
    NewMute,
)
from certctl.domain.policies.name_limits import require_names
from certctl.services.notifications.mute_names import MuteNames, NamedMute
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.notifications.mutes import MOST_ROWS, MuteStore
from certctl.store.paging import in_parallel
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

_CLEARED_AT_ONCE = 20


@dataclass(frozen=True)
class MutePage:
    """A page of mutes. `next_before` is the id to continue from, None at the end."""

    mutes: list[NamedMute]
    next_before: str | None


@dataclass(frozen=True)
class Mutes:
    units: Units
    mutes: MuteStore
    certificates: CertificateStore
    names: MuteNames
    now: Callable[[], datetime]

    def page(self, caller: Principal, before: str | None, limit: int) -> MutePage:
        """In force or to come, newest first."""
        teams, now = caller.team_filter(Permission.NOTIFICATIONS_READ), self.now()
        shown = [
            mute
            for mute in self.mutes.all()
            if not mute.is_over(now)
            and (teams is None or mute.team_id in teams)
            and (before is None or mute.id < before)
        ]
        named = self.names.of(caller, shown[:limit])
        return MutePage(named, shown[limit - 1].id if len(shown) > limit else None)

    def create(self, caller: Principal, wanted: NewMute) -> NamedMute:
        """Raises InvalidInput, NotFound for a certificate or team out of reach, Conflict at the limit of live
        ones, of the team or of all."""
        _check(wanted, self.now().replace(microsecond=0))
        if wanted.certificate_id is not None:
            certificate = self._certificate(caller, wanted.certificate_id)
            return self._create(caller, wanted, certificate.team_id, certificate.name)
        team_id = wanted.team_id or ""
        caller.require_reach(Permission.NOTIFICATIONS_WRITE, team_id, "such team")
        return self._create(caller, wanted, team_id, None)

    @retry_on_conflict
    def _create(
        self, caller: Principal, wanted: NewMute, team_id: str, certificate_name: str | None
    ) -> NamedMute:
        now = self.now().replace(microsecond=0)
        made, maker = in_parallel(  # before the others are read
            partial(self.mutes.made, team_id), partial(self.names.of_caller, caller)
        )
        stored = self.mutes.all_now()
        over = [mute for mute in stored if mute.is_over(now)]
        _check_limits(stored, over, team_id)
        mute = Mute(
            id=new_id("mute", now),
            team_id=team_id,
            starts_at=max(wanted.starts_at or now, now),
            ends_at=wanted.ends_at,
            reason=wanted.reason,
            created_by=caller.key_id,
            created_at=now,
            certificate_id=wanted.certificate_id,
            severities=wanted.severities,
            subject_id=caller.subject_id,
        )
        unit = self.units.begin(caller.actor, mute.id, self.now())
        unit.write(self.mutes.create_step(mute), self.mutes.count_step(team_id, made))
        # TTL takes days: without this, many short mutes would fill what a read may hold.
        unit.write(*(self.mutes.clear_step(each) for each in over[-_CLEARED_AT_ONCE:]))
        unit.event("mute_created", _resource(mute), changes(None, mute))
        unit.commit()
        return NamedMute(mute, maker, certificate_name)

    @retry_on_conflict
    def end(self, caller: Principal, mute_id: str) -> None:
        """Deletes it. Raises NotFound, also for another team's."""
        mute = self.mutes.get(mute_id)
        if mute is None:
            raise NotFound("There is no such mute.")
        caller.require_reach(Permission.NOTIFICATIONS_WRITE, mute.team_id, "such mute")
        unit = self.units.begin(caller.actor, mute.id, self.now())
        unit.write(self.mutes.delete_step(mute))
        unit.event("mute_deleted", _resource(mute), changes(mute, None))
        unit.commit()

    def _certificate(self, caller: Principal, certificate_id: str) -> Certificate:
        certificate = self.certificates.get(certificate_id)
        if certificate is None:
            raise NotFound("There is no such certificate.")
        caller.require_reach(Permission.NOTIFICATIONS_WRITE, certificate.team_id, "such certificate")
        require_names(caller.names, certificate.sans)
        return certificate


def _resource(mute: Mute) -> Resource:
    return Resource("mute", mute.id, mute.team_id)


def _check_limits(stored: Sequence[Mute], over: Sequence[Mute], team_id: str) -> None:
    of_team = sum(mute.team_id == team_id for mute in stored) - sum(mute.team_id == team_id for mute in over)
    if of_team >= MAX_LIVE_MUTES_OF_TEAM:
        raise Conflict(
            f"The team has {MAX_LIVE_MUTES_OF_TEAM} mutes in force or to come, the limit: "
            "end one, or mute the team."
        )
    if len(stored) - len(over) >= MAX_LIVE_MUTES or len(stored) >= MOST_ROWS:
        raise Conflict(f"There are {MAX_LIVE_MUTES} mutes in force or to come, the limit: end one.")


def _check(wanted: NewMute, now: datetime) -> None:
    if (wanted.certificate_id is None) == (wanted.team_id is None):
        raise InvalidInput.of("certificate_id", "give either a certificate_id or a team_id")
    if wanted.ends_at <= max(wanted.starts_at or now, now):
        raise InvalidInput.of("ends_at", "must be in the future, and after starts_at")
    if wanted.ends_at > now + LONGEST_MUTE:
        raise InvalidInput.of("ends_at", f"must be within {LONGEST_MUTE.days} days")
