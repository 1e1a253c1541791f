"""The break-glass key: made by stack_admin alone, so by who may invoke it (IAM), whatever state the identity
providers are in. Maintenance announces it and its first use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.break_glass import (
    GRANT,
    Announcement,
    Stage,
    break_glass_key,
    made_alert,
    used_alert,
)
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.subjects import SubjectKind, new_subject
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.times import to_wire_or_none
from certctl.observability import logger
from certctl.services.access.api_keys import MintedKey
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.break_glass import BreakGlassStore
from certctl.store.access.subjects import SubjectStore
from certctl.unit_of_work.access.keys import create_key, revoke_key
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

_ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)


@dataclass(frozen=True)
class BreakGlass:
    units: Units
    keys: ApiKeyStore
    subjects: SubjectStore
    claims: BreakGlassStore
    now: Callable[[], datetime]

    @retry_on_conflict
    def mint(self, actor: Actor) -> MintedKey:
        """Ends the one before in the same transaction."""
        now, current = self.now(), self.claims.current()
        previous = self.keys.get(current) if current else None
        subject = new_subject(SubjectKind.BREAK_GLASS, [GRANT], now)
        text = new_credential_text(CredentialKind.KEY, subject.ulid)
        key = break_glass_key(key_hash(text), subject, now)
        unit = self.units.begin(actor, key.id, now)
        unit.write(*self.claims.made_steps(current, key.id))
        unit.write(self.subjects.create_step(subject))
        if previous is not None and previous.is_live(now):
            revoke_key(unit, self.keys, previous)
        create_key(unit, self.keys, key)
        unit.commit()
        return MintedKey(key, text)


@dataclass(frozen=True)
class BreakGlassWatch:
    """One query a run while there is no such key."""

    units: Units
    keys: ApiKeyStore
    claims: BreakGlassStore
    routing: AlertRouting
    now: Callable[[], datetime]

    def run(self) -> int:
        """The number of announcements. Raises Unavailable: the next run makes them."""
        pending = self.claims.announcements()
        keys = {key.id: key for key in self.keys.get_many([each.key_id for each in pending])}
        return sum(self._advance(each, keys[each.key_id]) for each in pending if each.key_id in keys)

    def _advance(self, pending: Announcement, key: ApiKey) -> int:
        announced = 0
        try:
            for stage in _due(pending, key):
                pending = self._announce(pending, key, stage)
                announced += 1
            if not key.is_live(self.now()):
                self._end(pending)
        except ChangedMeanwhile:
            logger.info("another run has announced the break-glass key", extra={"key_id": key.id})
        return announced

    def _announce(self, pending: Announcement, key: ApiKey, stage: Stage) -> Announcement:
        now = self.now()
        unit = self.units.begin(_ACTOR, key.id, now)
        unit.write(self.claims.reached_step(pending, stage))
        if stage is Stage.USED:
            used_at = to_wire_or_none(key.last_used_at)
            unit.event("break_glass_key_used", Resource("api_key", key.id), {"used_at": used_at})
        alert = used_alert(key) if stage is Stage.USED else made_alert(key)
        unit.alert(alert, self.routing.stack_facts())
        unit.commit()
        return Announcement(key.id, stage)

    def _end(self, pending: Announcement) -> None:
        unit = self.units.begin(_ACTOR, pending.key_id, self.now())
        unit.write(self.claims.end_step(pending))
        unit.commit()


def _due(pending: Announcement, key: ApiKey) -> Sequence[Stage]:
    """The stages that are due, in their order."""
    made = [Stage.ANNOUNCED] if pending.stage is Stage.MADE else []
    is_new_use = key.last_used_at is not None and pending.stage is not Stage.USED
    return [*made, Stage.USED] if is_new_use else made
