"""The end of an API key: it takes its children with it, and all that it ever made if it leaked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.access.api_keys import ApiKey, made_by_leaked
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.errors import DomainError
from certctl.domain.ids import lowest_id, time_of
from certctl.observability import logger
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.follow_ups import FollowUp, FollowUpStore, ReadBatch
from certctl.store.identity.sessions import SessionStore
from certctl.store.writes import Write
from certctl.unit_of_work.access.eab_key_leaks import EabKeyLeaks
from certctl.unit_of_work.access.keys import mark_leaked, revoke_key
from certctl.unit_of_work.identity import end_sessions_of
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

_MAINTENANCE = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_PAGE = 100
_CLOCKS_DIFFER_BY = timedelta(minutes=1)
_TIME_IN_A_CALL = timedelta(seconds=5)


@dataclass(frozen=True)
class KeyEndings:
    """Ends leaked keys. The call ends the key with its children, then the keys that it made for others as far
    as its time goes; `maintenance_schedule` ends the rest. `follow_ups` has a row until that is done. The EAB
    keys that they made are revoked too."""

    units: Units
    keys: ApiKeyStore
    sessions: SessionStore
    follow_ups: FollowUpStore
    eab_keys: EabKeyLeaks
    now: Callable[[], datetime]

    @retry_on_conflict
    def revoke(self, key_id: str, actor: Actor) -> None:
        """Revokes a key with its children and their sessions, in one transaction. Idempotent."""
        key = self.keys.get(key_id)
        if key is None or key.revoked_at is not None:
            return
        unit = self.units.begin(actor, key.id, self.now())
        self._revoke_family(unit, key, None)
        unit.commit()

    def revoke_leaked(self, key_id: str, actor: Actor) -> None:
        """Ends a leaked key, also one that was revoked before. Repeated, it looks again for keys that it
        made."""
        self._end_leaked(key_id, actor, [self.follow_ups.follow_up_step(key_id, self.now())])
        ends_at = self.now() + _TIME_IN_A_CALL
        follow_up = self.follow_ups.find(key_id)
        try:
            self.eab_keys.revoke_first(key_id, actor, lambda: self.now() < ends_at)
            for _ in self._settle(lambda: self.now() < ends_at, actor, follow_up) if follow_up else ():
                continue
        except DomainError:
            logger.warning("the maintenance schedule ends the other keys", extra={"key_id": key_id})

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of keys that were ended. Raises Unavailable: the next run continues there."""
        return self.follow_ups.work_off(self.now(), partial(self._settle, has_time, _MAINTENANCE))

    def _settle(self, has_time: Callable[[], bool], actor: Actor, follow_up: FollowUp) -> Iterator[int]:
        for ids in self.follow_ups.slices(follow_up, self._read(follow_up), has_time):
            for key_id in ids:
                self._end_leaked(key_id, actor, ())
            yield len(ids)

    def _read(self, follow_up: FollowUp) -> ReadBatch:
        """A key is newer than its maker, but for the difference of two clocks: when it is read, a maker that
        leaked is marked."""
        first = lowest_id("key", time_of(follow_up.id) - _CLOCKS_DIFFER_BY)

        def read(after: str | None) -> tuple[list[str], str | None]:
            keys, following = self.keys.made_since(after or first, _PAGE)
            makers = self.keys.get_many(sorted({m for k in keys for m in (k.made_by, k.replaces) if m}))
            leaked = [maker.id for maker in makers if maker.leaked_at is not None]
            return [key.id for key in made_by_leaked(keys, leaked)], following

        return read

    @retry_on_conflict
    def _end_leaked(self, key_id: str, actor: Actor, further: Sequence[Write]) -> None:
        key = self.keys.get(key_id)
        if key is None:
            return
        unit = self.units.begin(actor, key.id, self.now())
        unit.write(*further, self.eab_keys.mark_step(key.id, unit.now))
        if key.revoked_at is None:
            self._revoke_family(unit, key, unit.now)
        elif key.leaked_at is None:
            mark_leaked(unit, self.keys, key)
        unit.commit()

    def _revoke_family(self, unit: UnitOfWork, key: ApiKey, leaked_at: datetime | None) -> None:
        revoke_key(unit, self.keys, key, leaked_at)
        children = [child for child in self.keys.get_many(key.children) if child.revoked_at is None]
        for child in children:
            revoke_key(unit, self.keys, child, leaked_at, ended_with=key.id)
        end_sessions_of(unit, self.sessions, [key, *children])
