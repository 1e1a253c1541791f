"""After a restore: keeps API keys revoked that were revoked since the backup."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.audit.events import Actor
from certctl.domain.errors import Conflict
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.sessions import SessionStore
from certctl.store.audit.events import AuditStore
from certctl.unit_of_work.access import end_sessions_of, revoke_key
from certctl.unit_of_work.unit import Units

_BUDGET = timedelta(seconds=60)
_NEWEST_EVENTS = 100
_AFTER_ALL_EVENTS = "aud-~"


@dataclass(frozen=True)
class RestoredKeys:
    """The result of one run. Not `complete`: it ran out of time; a further run does the rest."""

    complete: bool
    revoked: int


class ApiKeyRecovery:
    """Idempotent, also concurrently."""

    def __init__(
        self,
        units: Units,
        keys: ApiKeyStore,
        sessions: SessionStore,
        audit: AuditStore,
        actor: Actor,
        now: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._keys = keys
        self._sessions = sessions
        self._audit = audit
        self._actor = actor
        self._now = now

    def revoke_known(self) -> RestoredKeys:
        """Revokes those that their record or the audit trail shows as revoked. Raises Unavailable."""
        return self._run(self._was_revoked)

    def revoke_all(self) -> RestoredKeys:
        """Revokes all, if the trail was restored to an earlier time as well and cannot tell. Raises
        Unavailable."""
        return self._run(lambda key: True)

    def _run(self, unwanted: Callable[[ApiKey], bool]) -> RestoredKeys:
        ends_at, revoked = self._now() + _BUDGET, 0
        for key in self._keys.all():
            if self._now() >= ends_at:
                return RestoredKeys(False, revoked)
            if key.revoked_at is not None:
                revoked += self._forget(key)
            elif unwanted(key):
                revoked += self._revoke(key)
        return RestoredKeys(True, revoked)

    def _was_revoked(self, key: ApiKey) -> bool:
        trail = self._audit.of_resource("api_key", key.id, _AFTER_ALL_EVENTS, _NEWEST_EVENTS)
        return any(event["action"] == "api_key_revoked" for event in trail.events)

    def _forget(self, key: ApiKey) -> bool:
        """The record is revoked: only its credential came back."""
        if self._keys.find_credential(key.key_hash) is None:
            return False
        unit = self._units.begin(self._actor, key.id, self._now())
        unit.write(self._keys.forget_step(key))
        end_sessions_of(unit, self._sessions, [key])
        unit.commit()
        return True

    def _revoke(self, key: ApiKey) -> bool:
        unit = self._units.begin(self._actor, key.id, self._now())
        revoke_key(unit, self._keys, key)
        end_sessions_of(unit, self._sessions, [key])
        try:
            unit.commit()
        except Conflict:  # another run was first
            return False
        return True
