"""EAB keys: made, changed, rotated, revoked and deleted by people."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.acme.eab_key_rules import (
    problems_of,
    require_may_open,
    require_names,
    require_writer,
    rotators_of,
    seers_of,
    serves,
    team_of,
    writers_of,
)
from certctl.domain.acme.eab_keys import AuthorizationMode, EabKey
from certctl.domain.acme.requests import EabKeyFields, NewEabKey
from certctl.domain.base64url import to_base64url
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.services.acme.references import EabKeyReferences
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.keys import ENDINGS
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.follow_ups import FollowUpStore
from certctl.store.identity.sessions import SessionStore
from certctl.store.paging import in_parallel
from certctl.store.writes import Write
from certctl.unit_of_work.access.eab_keys import (
    create_eab_key,
    delete_eab_key,
    replace_eab_key,
    revoke_eab_key,
)
from certctl.unit_of_work.access.makers import living_maker
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

if TYPE_CHECKING:
    from certctl.connectors.acme.binding_macs import BindingMacs

_PREFIX = "eab"
_ABSENT = "There is no such EAB key."
_WRITE = Permission.ACME_WRITE
_SALT_BYTES = 16


@dataclass(frozen=True)
class MintedEabKey:
    """`secret` (base64url) is returned in this one response and stored nowhere."""

    key: EabKey
    secret: str


@dataclass(frozen=True)
class EabKeys:
    """`macs` raises Conflict in a stack without an ACME server."""

    units: Units
    catalog: CatalogStore
    book: CachedCatalog
    macs: "Callable[[], BindingMacs]"
    now: Callable[[], datetime]

    @cached_property
    def _store(self) -> EabKeyStore:
        return EabKeyStore(self.units.database)

    @cached_property
    def _endings(self) -> FollowUpStore:
        return FollowUpStore(self.units.database, ENDINGS)

    @cached_property
    def _references(self) -> EabKeyReferences:
        return EabKeyReferences(self.book)

    @retry_on_conflict
    def create(self, caller: Principal, wanted: NewEabKey) -> MintedEabKey:
        """Raises Forbidden for a caller that writes no such key, InvalidInput, Conflict for a service account
        that is disabled, for a second open key, and without an ACME server."""
        require_writer(caller)
        require_names(caller, wanted.fields.names)
        macs, now = self.macs(), self.now()
        if wanted.is_open:
            require_may_open(caller)
        account = self.catalog.get(Kind.SERVICE_ACCOUNT, wanted.service_account_id)
        key = _new_key(caller, wanted, _team_of(account, wanted), now)
        self._require_reached(caller, key, account)
        self._check(caller, None, key, now)
        secret = to_base64url(macs.mac_key(key.id, key.generation, key.salt))
        unit = self.units.begin(caller.actor, key.id, now)
        unit.write(self._alive(caller, now))
        create_eab_key(unit, self._store, key)
        unit.commit()
        return MintedEabKey(key, secret)

    @retry_on_conflict
    def edit(self, caller: Principal, key_id: str, fields: EabKeyFields, revision: int | None) -> EabKey:
        """Binds its ACME accounts within 15 s. Raises NotFound, Forbidden, InvalidInput,
        and Conflict for a revoked key or at another revision."""
        require_writer(caller)
        require_names(caller, fields.names)
        before, now = self._changeable(caller, key_id), self.now()
        _require_revision(before, revision)
        after = replace(before, **_values(fields))
        if after == before:
            return before
        _, alive, _ = in_parallel(
            lambda: self._require_serving(caller, before),
            lambda: self._alive(caller, now),
            lambda: self._check(caller, before, after, now),
        )
        after = before.changed(now, **_values(fields), answerable=writers_of(caller, before))
        unit = self.units.begin(caller.actor, before.id, now)
        unit.write(alive)
        replace_eab_key(unit, self._store, before, after, "acme_eab_key_updated")
        unit.commit()
        return after

    @retry_on_conflict
    def rotate(self, caller: Principal, key_id: str) -> MintedEabKey:
        """Another secret: the previous one makes no more ACME accounts, existing ones continue. Raises as
        `edit`."""
        require_writer(caller)
        macs, now = self.macs(), self.now()
        before = self._changeable(caller, key_id)
        require_names(caller, before.names)
        _, alive = in_parallel(
            lambda: self._require_serving(caller, before), lambda: self._alive(caller, now)
        )
        after = before.changed(
            now,
            generation=before.generation + 1,
            salt=_new_salt(),
            rotated_by=rotators_of(caller, before),
            shown_to=seers_of(caller, before),
            answerable=writers_of(caller, before),
        )
        secret = to_base64url(macs.mac_key(after.id, after.generation, after.salt))
        unit = self.units.begin(caller.actor, before.id, now)
        unit.write(alive)
        replace_eab_key(unit, self._store, before, after, "acme_eab_key_rotated")
        unit.commit()
        return MintedEabKey(after, secret)

    @retry_on_conflict
    def revoke(self, caller: Principal, key_id: str) -> EabKey:
        """Makes no more ACME accounts; those that it made may only revoke certificates. Idempotent. Raises
        NotFound."""
        before = self._reached(caller, key_id, Permission.ACME_REVOKE)
        if before.is_revoked:
            return before
        unit = self.units.begin(caller.actor, before.id, self.now())
        after = revoke_eab_key(unit, self._store, self._endings, before)
        unit.commit()
        return after

    @retry_on_conflict
    def delete(self, caller: Principal, key_id: str, revision: int | None) -> None:
        """Raises NotFound, and Conflict if it has ACME accounts, or at another revision."""
        key = self._reached(caller, key_id, _WRITE)
        _require_revision(key, revision)
        accounts = AcmeAccountStore(self.units.database).page_of_key(key.id, None, 1)
        if accounts.accounts or accounts.next_after:
            raise Conflict(f"{key.name} has ACME accounts: revoke it instead.")
        unit = self.units.begin(caller.actor, key.id, self.now())
        delete_eab_key(unit, self._store, key)
        unit.commit()

    def _changeable(self, caller: Principal, key_id: str) -> EabKey:
        """Raises NotFound, Forbidden for an open key, Conflict for a revoked one."""
        key = self._reached(caller, key_id, _WRITE)
        if key.is_revoked:
            raise Conflict(f"{key.name} is revoked: make another EAB key.")
        if key.is_open:
            require_may_open(caller)
        return key

    def _require_serving(self, caller: Principal, key: EabKey) -> None:
        """Raises NotFound for a key of a service account whose keys the caller may not make, Conflict if that
        is disabled."""
        account = self.catalog.get(Kind.SERVICE_ACCOUNT, key.service_account_id)
        if account is None or not serves(caller, account, key.team_id):
            raise NotFound(_ABSENT)
        _require_enabled(account)

    def _reached(self, caller: Principal, key_id: str, permission: Permission) -> EabKey:
        key = self._store.get(key_id)
        if key is None or not caller.reaches_team(permission, key.team_id):
            raise NotFound(_ABSENT)
        return key

    def _require_reached(self, caller: Principal, key: EabKey, account: AnyEntry | None) -> None:
        if account is None or not serves(caller, account, key.team_id):
            raise _no_account(key.service_account_id)
        _require_enabled(account)

    def _check(self, caller: Principal, before: EabKey | None, after: EabKey, now: datetime) -> None:
        """Raises InvalidInput with all problems. An end that has passed may stay."""
        kept_end = before is not None and before.expires_at == after.expires_at
        checked = replace(after, expires_at=None) if kept_end else after
        problems = [*problems_of(checked, now), *self._references.problems(caller, before, after)]
        if problems:
            raise InvalidInput("The EAB key was refused.", problems)

    def _alive(self, caller: Principal, now: datetime) -> Write:
        """An API key that leaks concurrently makes nothing that its end would miss."""
        database = self.units.database
        return living_maker(ApiKeyStore(database), SessionStore(database), caller, now)[1]


def _new_key(caller: Principal, wanted: NewEabKey, team_id: str, now: datetime) -> EabKey:
    return EabKey(
        id=new_id(_PREFIX, now),
        service_account_id=wanted.service_account_id,
        team_id=team_id,
        is_open=wanted.is_open,
        created_at=now,
        updated_at=now,
        salt=_new_salt(),
        made_by=caller.maker_id,
        shown_to=seers_of(caller, None),
        answerable=writers_of(caller, None),
        **_values(wanted.fields),
    )


def _new_salt() -> str:
    return secrets.token_hex(_SALT_BYTES)


def _team_of(account: AnyEntry | None, wanted: NewEabKey) -> str:
    if account is None or account.is_deleting:
        raise _no_account(wanted.service_account_id)
    return team_of(account, wanted.team_id)


def _values(fields: EabKeyFields) -> dict[str, Any]:
    """No challenges in the mode trusted: none are offered."""
    values = dict(vars(fields))
    return values | ({"challenges": ()} if fields.authorization is AuthorizationMode.TRUSTED else {})


def _require_enabled(account: AnyEntry) -> None:
    if not account.content.enabled:
        raise Conflict(f"The service account {account.name} is disabled: none of its credentials works.")


def _require_revision(key: EabKey, revision: int | None) -> None:
    if revision not in (None, key.revision):
        raise Conflict(f"The EAB key is at version {key.revision} now. Read it again and repeat.")


def _no_account(account_id: str) -> InvalidInput:
    return InvalidInput.of("service_account_id", f"there is no {Kind.SERVICE_ACCOUNT} {account_id}")
