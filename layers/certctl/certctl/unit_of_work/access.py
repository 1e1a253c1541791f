"""Access in a unit of work: the rows and audit events of keys, and who may write what makes
administrators."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.permissions import Principal
from certctl.domain.access.sign_in import Guarded, require_recent
from certctl.domain.access.subjects import is_break_glass
from certctl.domain.errors import SignInRequired
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.database import Database
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.unit import UnitOfWork


@dataclass(frozen=True)
class StepUp:
    """People sign in with a provider as soon as an administrator has: until then a key does everything. The
    break-glass key is for when nobody can."""

    database: Database
    now: Callable[[], datetime]

    @cached_property
    def _sign_ins(self) -> AdminSignInStore:
        return AdminSignInStore(self.database)

    def require(self, caller: Principal, operation: Guarded) -> None:
        """One consistent read unless the caller signed in recently. Raises SignInRequired."""
        if is_break_glass(caller.subject_id):
            return
        try:
            require_recent(caller.sign_in, operation, self.now())
        except SignInRequired:
            if self._sign_ins.any():
                raise


def create_key(unit: UnitOfWork, keys: ApiKeyStore, key: ApiKey, **details: Any) -> None:
    unit.write(*keys.create_steps(key))
    unit.event("api_key_created", _resource(key), {"before": None, "after": key.public_facts} | details)


def revoke_key(
    unit: UnitOfWork, keys: ApiKeyStore, key: ApiKey, leaked_at: datetime | None = None, **details: Any
) -> None:
    after = replace(key, revoked_at=unit.now, leaked_at=leaked_at or key.leaked_at)
    unit.write(*keys.revoke_steps(key, unit.now, leaked_at))
    _record_end(unit, key, after, **details)


def mark_leaked(unit: UnitOfWork, keys: ApiKeyStore, revoked: ApiKey) -> None:
    """Marks a key that has ended as leaked: the keys that it made end too."""
    unit.write(keys.leak_step(revoked, unit.now))
    _record_end(unit, revoked, replace(revoked, leaked_at=unit.now))


def _record_end(unit: UnitOfWork, before: ApiKey, after: ApiKey, **details: Any) -> None:
    shown = {"before": before.public_facts, "after": after.public_facts}
    unit.event("api_key_revoked", _resource(before), shown | details)


def _resource(key: ApiKey) -> Resource:
    return Resource("api_key", key.id, key.team_id)
