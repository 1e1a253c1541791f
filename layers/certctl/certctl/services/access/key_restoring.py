"""After a restore: keeps API keys ended that ended since the backup, and ends those that no longer work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.audit.events import Actor
from certctl.domain.errors import Conflict
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.audit.events import AuditStore
from certctl.store.identity.sessions import SessionStore
from certctl.unit_of_work.access.keys import revoke_key
from certctl.unit_of_work.identity import end_sessions_of
from certctl.unit_of_work.units import Units

_BUDGET = timedelta(seconds=60)
_NEWEST_EVENTS = 100
_AFTER_ALL_EVENTS = "aud-~"


@dataclass(frozen=True)
class RestoredKeys:
    """The result of one run. Not `complete`: it ran out of time; a further run does the rest. `revoked` are
    the ids of the keys that the run ended."""

    complete: bool
    revoked: tuple[str, ...]


@dataclass(frozen=True)
class ApiKeyRecovery:
    """Idempotent, also concurrently."""

    units: Units
    keys: ApiKeyStore
    subjects: SubjectStore
    sessions: SessionStore
    audit: AuditStore
    actor: Actor
    now: Callable[[], datetime]

    def revoke_known(self) -> RestoredKeys:
        """Revokes those that their record or the audit trail shows as revoked, and those without a credential
        or a subject, which work no more. Raises Unavailable."""
        return self._run(self._has_ended)

    def revoke_all(self) -> RestoredKeys:
        """Revokes all, if the trail was restored to an earlier time as well and cannot tell. Raises
        Unavailable."""
        return self._run(lambda key: True)

    def _run(self, unwanted: Callable[[ApiKey], bool]) -> RestoredKeys:
        ends_at, revoked = self.now() + _BUDGET, list[str]()
        for key in self.keys.all():
            if self.now() >= ends_at:
                return RestoredKeys(False, tuple(revoked))
            if self._settle(key, unwanted):
                revoked.append(key.id)
        return RestoredKeys(True, tuple(revoked))

    def _settle(self, key: ApiKey, unwanted: Callable[[ApiKey], bool]) -> bool:
        """Whether the key has ended by it."""
        if key.revoked_at is not None:
            return self._forget(key)
        if unwanted(key):
            return self._revoke(key)
        self._bring_in_line(key)
        return False

    def _has_ended(self, key: ApiKey) -> bool:
        return self._was_revoked(key) or (key.is_live(self.now()) and not self._works(key))

    def _works(self, key: ApiKey) -> bool:
        credential = self.keys.find_credential(key.key_hash)
        if credential is None:
            return False
        return credential.subject_ulid is None or self.subjects.get(credential.subject_ulid) is not None

    def _was_revoked(self, key: ApiKey) -> bool:
        trail = self.audit.of_resource("api_key", key.id, _AFTER_ALL_EVENTS, _NEWEST_EVENTS)
        return any(event["action"] == "api_key_revoked" for event in trail.events)

    def _forget(self, key: ApiKey) -> bool:
        """The record is revoked: only its credential came back."""
        if self.keys.find_credential(key.key_hash) is None:
            return False
        unit = self.units.begin(self.actor, key.id, self.now())
        unit.write(*self.keys.forget_steps(key))
        end_sessions_of(unit, self.sessions, [key])
        unit.commit()
        return True

    def _bring_in_line(self, key: ApiKey) -> None:
        """The record is newer than its credential, which expires with it, and than the lists of keys."""
        unit = self.units.begin(self.actor, key.id, self.now())
        credential = self.keys.find_credential(key.key_hash)
        if credential is not None and key.expires_at is not None and credential.outlives(key.expires_at):
            unit.write(*self.keys.expire_steps(key, key.expires_at))
        unit.write(*self.keys.missing_references(key))
        unit.commit()

    def _revoke(self, key: ApiKey) -> bool:
        unit = self.units.begin(self.actor, key.id, self.now())
        revoke_key(unit, self.keys, key)
        end_sessions_of(unit, self.sessions, [key])
        try:
            unit.commit()
        except Conflict:  # another run was first
            return False
        return True
