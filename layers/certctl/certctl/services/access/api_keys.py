"""API keys: creation, lists, revocation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.domain.access.api_keys import (
    MOST_CHILDREN,
    MOST_OF_ACCOUNT,
    ApiKey,
    NewApiKey,
)
from certctl.domain.access.credentials import CredentialKind, is_earlier_text, key_hash, new_credential_text
from certctl.domain.access.permissions import ALL_TEAMS, Permission, Role, Scope
from certctl.domain.access.principals import Grant, Principal, has_admin
from certctl.domain.access.sign_in import GuardedOperation
from certctl.domain.access.subjects import Subject, SubjectKind, has_kind, new_subject
from certctl.domain.audit.events import Actor
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from certctl.domain.ids import new_id, ulid_of
from certctl.services.access.account_keys import Accounts, asleep_keys
from certctl.services.access.new_keys import end_of, granted, makers, owner, reaches_all, require_maker
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.audit.events import AuditStore
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from certctl.store.identity.sessions import SessionStore
from certctl.store.writes import Write
from certctl.unit_of_work.access.key_endings import KeyEndings
from certctl.unit_of_work.access.keys import create_key
from certctl.unit_of_work.access.makers import living_maker
from certctl.unit_of_work.access.step_up import StepUp
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

_MANAGES_NONE = (
    "A session or token of an API key, and a key that another one made, list no keys of others: "
    "sign in with an identity provider, or use the key itself."
)
_EXAMINED = 500
_PAGE = 100
_WITH_A_PROVIDER = (
    "An administrator has signed in with an identity provider: administrators sign in there. If nobody can, "
    'invoke stack_admin with {"action": "break_glass_key"}.'
)


@dataclass(frozen=True)
class MintedKey:
    """`text` is returned in this one response and stored nowhere."""

    key: ApiKey
    text: str


@dataclass(frozen=True)
class ApiKeyPage:
    """`next_before` is the id to continue from, None at the end."""

    keys: list[ApiKey]
    next_before: str | None


@dataclass(frozen=True)
class ApiKeys:
    units: Units
    keys: ApiKeyStore
    subjects: SubjectStore
    endings: KeyEndings
    audit: AuditStore
    accounts: Accounts
    now: Callable[[], datetime]

    @cached_property
    def _step_up(self) -> StepUp:
        return StepUp(self.units.database, self.now)

    @retry_on_conflict
    def create(self, caller: Principal, wanted: NewApiKey) -> MintedKey:
        """Makes a key. A key for the caller's own owner is a child: it acts for the caller's subject, makes
        no keys, lasts no longer than the caller's, and ends with it. What a person who signed in with a
        provider makes for themselves is not a child. Others get a subject of their own. Raises Forbidden for
        a child and above the caller's grants, InvalidInput, Conflict, SignInRequired, and Unauthenticated if
        the caller's key or session ended concurrently."""
        if wanted.subject_id not in (None, caller.subject_id):
            return self._create_for(caller, wanted, str(wanted.subject_id))
        if caller.sign_in is not None and wanted.owner_id is None:
            return self._create_for(caller, wanted, str(caller.subject_id))
        grant, now = granted(caller, wanted), self.now()
        maker, alive = self._alive(caller, now)
        parent = maker if owner(caller, wanted) in (caller.owner_id, caller.key_id) else None
        subject_id = parent.subject_id if parent else None
        self._guard(caller, subject_id, [grant])
        subject = None if subject_id else _service_account(grant, now)
        key, text = _new_key(caller, wanted, grant, parent, subject.id if subject else str(subject_id), now)
        unit = self.units.begin(caller.actor, key.id, now)
        unit.write(self._adoption(parent, key, now) if parent else alive)
        unit.write(*([self.subjects.create_step(subject)] if subject else []))
        create_key(unit, self.keys, key)
        unit.commit()
        return MintedKey(key, text)

    def _create_for(self, caller: Principal, wanted: NewApiKey, subject_id: str) -> MintedKey:
        """Makes a key for a service account or user. Raises what `create` raises, and NotFound."""
        require_maker(caller, wanted)
        given, now = self.accounts.grant_for(caller, wanted, subject_id), self.now()
        self._guard(caller, subject_id, given.given)
        room = self._room(given.account, now)
        text = new_credential_text(CredentialKind.KEY, ulid_of(subject_id))
        key = ApiKey(
            id=new_id("key", now),
            name=wanted.name,
            role=given.grant.role if given.grant else None,
            teams=given.grant.teams if given.grant else (),
            key_hash=key_hash(text),
            created_at=now,
            expires_at=end_of(wanted, None, now),
            made_by=caller.maker_id,
            made_by_subject=caller.subject_id,
            makers=() if given.is_of_person else makers(caller, wanted),
            actions=wanted.actions or caller.actions,
            names=wanted.names or caller.names,
            subject_id=subject_id,
        )
        unit = self.units.begin(caller.actor, key.id, now)
        unit.write(self._alive(caller, now)[1], room)
        create_key(unit, self.keys, key)
        unit.commit()
        return MintedKey(key, text)

    def _room(self, account: AnyEntry, now: datetime) -> Write:
        """Counted before its keys are read: of two keys that are made at once, one is refused with
        ChangedMeanwhile. Raises Conflict if the account has as many live keys as it may have."""
        ulid = ulid_of(account.id)
        given = self.subjects.keys_given(ulid)
        keys, _ = self.keys.of_account(account.kind, account.id, None, _PAGE)
        if sum(key.is_live(now) for key in keys) >= MOST_OF_ACCOUNT:
            raise Conflict(f"{account.name} has {MOST_OF_ACCOUNT} live keys: end one of them.")
        return self.subjects.give_key_step(ulid, given)

    def _guard(self, caller: Principal, subject_id: str | None, given: Sequence[Grant]) -> None:
        """Raises SignInRequired."""
        if has_kind(subject_id, SubjectKind.USER):
            self._step_up.require(caller, GuardedOperation.PERSONAL_KEYS)
        elif has_admin(given):
            self._step_up.require(caller, GuardedOperation.ADMINISTRATORS)

    def _alive(self, caller: Principal, now: datetime) -> tuple[ApiKey | None, Write]:
        return living_maker(self.keys, SessionStore(self.units.database), caller, now)

    def _adoption(self, maker: ApiKey, child: ApiKey, now: datetime) -> Write:
        """Raises Conflict if the maker has as many live children as it may have."""
        children = maker.children
        if len(children) >= MOST_CHILDREN:
            children = tuple(key.id for key in self.keys.get_many(children) if key.is_live(now))
        if len(children) >= MOST_CHILDREN:
            raise Conflict(
                f"This key has {MOST_CHILDREN} live keys that end with it: end one of them, or name an owner."
            )
        return self.keys.adopt_step(maker, (*children, child.id))

    def mint_first_admin(self, actor: Actor, text: str | None) -> MintedKey:
        """The key of the first administrator. `text` chooses it, for the local stack. Raises Conflict while
        an administrator's live key exists, and once an administrator has signed in with a provider;
        InvalidInput if `text` is not of the form of a key."""
        now = self.now()
        if text is not None and not is_earlier_text(text):
            raise InvalidInput.of("key", "must be certctl_ and 43 base64url characters")
        if AdminSignInStore(self.units.database).any_timed():
            raise Conflict(_WITH_A_PROVIDER)
        previous = self.keys.first_admin()
        if previous is not None and self.keys.has_live_admin(now):
            raise Conflict("An administrator's key exists.")
        subject = _service_account(Grant(Role.ADMIN, (ALL_TEAMS,)), now)
        text = text or new_credential_text(CredentialKind.KEY, subject.ulid)
        key = ApiKey(
            id=new_id("key", now),
            name="first admin",
            role=Role.ADMIN,
            teams=(ALL_TEAMS,),
            key_hash=key_hash(text),
            created_at=now,
            subject_id=subject.id,
        )
        unit = self.units.begin(actor, key.id, now)
        unit.write(self.subjects.create_step(subject))
        unit.write(self.keys.claim_first_admin_step(key, previous))
        create_key(unit, self.keys, key)
        unit.commit()
        self.audit.mark_beginning(now)
        return MintedKey(key, text)

    def page(self, caller: Principal, before: str | None, limit: int) -> ApiKeyPage:
        """The keys that the caller may end, or all for an administrator. Newest first."""
        if reaches_all(caller):
            return ApiKeyPage(*self.keys.page(before, limit))
        return self._found(before, limit, lambda keys: self._shown(caller, keys))

    def page_of(self, caller: Principal, subject_id: str, before: str | None, limit: int) -> ApiKeyPage:
        """The keys of a service account or user that were not revoked, newest first. Raises NotFound, also
        for one whose keys the caller may not make."""
        account = self.accounts.reached(caller, subject_id)
        keys, next_before = self.keys.of_account(account.kind, account.id, before, limit)
        if account.id == caller.subject_id:
            keys = [key for key in keys if self._may_end(caller, key)]
        return ApiKeyPage(keys, next_before)

    def page_made_by(self, caller: Principal, user_id: str, before: str | None, limit: int) -> ApiKeyPage:
        """The live keys of others that the user made, directly or through other keys, newest first. Raises
        NotFound, also for a user whose keys the caller may not make, and Forbidden for a credential that may
        manage no keys but itself."""
        user = self.accounts.reached(caller, user_id)
        if user.kind is not Kind.USER:
            raise NotFound("There is no such user.")
        if not caller.may_manage_keys:
            raise Forbidden(_MANAGES_NONE)
        now = self.now()

        def made(keys: Sequence[ApiKey]) -> list[ApiKey]:
            return [key for key in keys if key.is_live(now) and key.was_made_for_others_by(user.id)]

        return self._found(before, limit, made)

    def _found(
        self, before: str | None, limit: int, shown: Callable[[Sequence[ApiKey]], list[ApiKey]]
    ) -> ApiKeyPage:
        examined, next_before = self.keys.page(before, _EXAMINED)
        keys = shown(examined)
        if len(keys) > limit:
            return ApiKeyPage(keys[:limit], keys[limit - 1].id)
        return ApiKeyPage(keys, next_before)

    def get(self, caller: Principal, key_id: str) -> ApiKey:
        """Raises NotFound, also for a key that the caller may not end."""
        key = self.keys.get(key_id)
        if key is None or not self._may_end(caller, key):
            raise NotFound("There is no such API key.")
        return key

    def asleep(self, keys: Sequence[ApiKey]) -> frozenset[str]:
        """The ids of the keys that sleep, see `asleep_keys`."""
        return asleep_keys(self.subjects, keys, self.now())

    def _may_end(self, caller: Principal, key: ApiKey) -> bool:
        return bool(self._shown(caller, [key]))

    def _shown(self, caller: Principal, keys: Sequence[ApiKey]) -> list[ApiKey]:
        """The caller's own keys, and those that it administers."""
        shown = {key.id for key in keys if key.is_managed_by(caller)}
        if caller.scope_of(Permission.API_KEYS) is Scope.TEAMS:
            others = [key for key in keys if key.id not in shown]
            shown |= {key.id for key in self.accounts.administered(caller, others)}
        return [key for key in keys if key.id in shown]

    def own(self, caller: Principal) -> ApiKey:
        """The caller's. Raises NotFound if its record is gone."""
        return self.get(caller, caller.key_id)

    def revoke(self, caller: Principal, key_id: str) -> None:
        """Revokes a key: from now on the key, its children and their sessions are refused, reads in other
        processes within 15 s. Idempotent. Raises NotFound, and Forbidden for the key with which the caller's
        ends."""
        self.endings.revoke(self._endable(caller, key_id).id, caller.actor)

    def revoke_leaked(self, caller: Principal, key_id: str) -> None:
        """Revokes a leaked key with its successor and all keys that it ever made, and those that they
        made."""
        self.endings.revoke_leaked(self._endable(caller, key_id).id, caller.actor)

    def _endable(self, caller: Principal, key_id: str) -> ApiKey:
        key = self.get(caller, key_id)
        if key.id == caller.parent_id:
            raise Forbidden("A key does not end the one with which it ends.")
        if caller.is_session_of_key and key.id == caller.key_id:
            raise Forbidden("A session does not end the key that it was started with.")
        return key


def _new_key(
    caller: Principal, wanted: NewApiKey, grant: Grant, parent: ApiKey | None, subject_id: str, now: datetime
) -> tuple[ApiKey, str]:
    """A new key and its text."""
    text = new_credential_text(CredentialKind.KEY, ulid_of(subject_id))
    key = ApiKey(
        id=new_id("key", now),
        name=wanted.name,
        role=grant.role,
        teams=grant.teams,
        key_hash=key_hash(text),
        created_at=now,
        owner_id=owner(caller, wanted),
        expires_at=end_of(wanted, parent, now),
        made_by=caller.maker_id,
        made_by_subject=caller.subject_id,
        makers=makers(caller, wanted),
        actions=wanted.actions or caller.actions,
        names=wanted.names or caller.names,
        parent_id=parent.id if parent else None,
        subject_id=subject_id,
    )
    return key, text


def _service_account(grant: Grant, now: datetime) -> Subject:
    return new_subject(SubjectKind.SERVICE_ACCOUNT, [grant], now)
