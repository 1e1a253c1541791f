"""API keys in a unit of work: their rows and audit events."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certctl.domain.access.api_keys import ApiKey
from certctl.store.access.api_keys import ApiKeyStore
from certctl.unit_of_work.resources import Resource

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import UnitOfWork


def create_key(unit: "UnitOfWork", keys: ApiKeyStore, key: ApiKey, **details: Any) -> None:
    unit.write(*keys.create_steps(key))
    unit.event("api_key_created", _resource(key), {"before": None, "after": key.public_facts} | details)


def revoke_key(
    unit: "UnitOfWork", keys: ApiKeyStore, key: ApiKey, leaked_at: datetime | None = None, **details: Any
) -> None:
    after = replace(key, revoked_at=unit.now, leaked_at=leaked_at or key.leaked_at)
    unit.write(*keys.revoke_steps(key, unit.now, leaked_at))
    _record_end(unit, key, after, **details)


def mark_leaked(unit: "UnitOfWork", keys: ApiKeyStore, revoked: ApiKey) -> None:
    """Marks a key that has ended as leaked: the keys that it made end too."""
    unit.write(keys.leak_step(revoked, unit.now))
    _record_end(unit, revoked, replace(revoked, leaked_at=unit.now))


def _record_end(unit: "UnitOfWork", before: ApiKey, after: ApiKey, **details: Any) -> None:
    shown = {"before": before.public_facts, "after": after.public_facts}
    unit.event("api_key_revoked", _resource(before), shown | details)


def _resource(key: ApiKey) -> Resource:
    return Resource("api_key", key.id, key.team_id)
