"""API keys in a unit of work: their rows and audit events."""

from dataclasses import replace
from typing import Any

from certctl.domain.access.api_keys import ApiKey
from certctl.store.access.api_keys import ApiKeyStore
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.unit import UnitOfWork


def create_key(unit: UnitOfWork, keys: ApiKeyStore, key: ApiKey, **details: Any) -> None:
    unit.write(*keys.create_steps(key))
    unit.event("api_key_created", _resource(key), {"before": None, "after": key.public_facts} | details)


def revoke_key(unit: UnitOfWork, keys: ApiKeyStore, key: ApiKey) -> None:
    after = replace(key, revoked_at=unit.now)
    unit.write(*keys.revoke_steps(key, unit.now))
    unit.event("api_key_revoked", _resource(key), {"before": key.public_facts, "after": after.public_facts})


def _resource(key: ApiKey) -> Resource:
    return Resource("api_key", key.id, key.team_id)
