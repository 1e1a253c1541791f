"""EAB keys in a unit of work: their rows and audit events."""

from typing import Any

from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.audit.events import changes
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.follow_ups import FollowUpStore
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.unit import UnitOfWork


def create_eab_key(unit: UnitOfWork, store: EabKeyStore, key: EabKey) -> None:
    unit.write(*store.create_steps(key))
    _record(unit, "acme_eab_key_created", None, key)


def replace_eab_key(unit: UnitOfWork, store: EabKeyStore, before: EabKey, after: EabKey, action: str) -> None:
    unit.write(*store.replace_steps(before, after))
    _record(unit, action, before, after)


def revoke_eab_key(
    unit: UnitOfWork, store: EabKeyStore, endings: FollowUpStore, before: EabKey, **details: Any
) -> EabKey:
    """What its ACME accounts have not finalized is refused from now on; later their open jobs are
    cancelled."""
    after = before.changed(unit.now, revoked_at=unit.now)
    unit.write(*store.revoke_steps(before, after), endings.follow_up_step(before.id, unit.now))
    _record(unit, "acme_eab_key_revoked", before, after, **details)
    return after


def delete_eab_key(unit: UnitOfWork, store: EabKeyStore, key: EabKey) -> None:
    unit.write(*store.delete_steps(key))
    _record(unit, "acme_eab_key_deleted", key, None)


def _record(
    unit: UnitOfWork, action: str, before: EabKey | None, after: EabKey | None, **details: Any
) -> None:
    key = after or before
    if key is None:
        raise ValueError("an EAB key is made, changed or deleted")
    unit.event(action, Resource("acme_eab_key", key.id, key.team_id), changes(before, after) | details)
