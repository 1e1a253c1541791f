"""Keys that a caller makes for a service account or a user."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from certctl.domain.access.api_keys import ApiKey, NewApiKey
from certctl.domain.access.permissions import ALL_TEAMS, GRANTS, Permission, covers
from certctl.domain.access.principals import Grant, Principal, common_grants
from certctl.domain.access.subjects import Subject
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.reach import reaches_record
from certctl.domain.catalog.record_kinds import Kind, account_kind
from certctl.domain.catalog.records import write_permission
from certctl.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import load

_READ = 100


@dataclass(frozen=True)
class AccountGrant:
    """What a key of an account has: `grant` narrows the grants of the account, None keeps all of them."""

    account: AnyEntry
    grant: Grant | None

    @property
    def given(self) -> tuple[Grant, ...]:
        had: tuple[Grant, ...] = self.account.content.all_grants
        return had if self.grant is None else common_grants([self.grant], had)

    @property
    def is_of_person(self) -> bool:
        return self.account.kind is Kind.USER


@dataclass(frozen=True)
class Accounts:
    catalog: CatalogStore

    def reached(self, caller: Principal, subject_id: str) -> AnyEntry:
        """The account, read consistently. Raises NotFound, also for one whose keys the caller may not
        make."""
        kind = account_kind(subject_id)
        account = self.catalog.get(kind, subject_id) if kind else None
        if account is None or account.is_deleting:
            raise NotFound(_ABSENT)
        if caller.subject_id != subject_id and not reaches_record(caller, account):
            raise NotFound(_ABSENT)
        return account

    def administered(self, caller: Principal, keys: Sequence[ApiKey]) -> list[ApiKey]:
        """The `keys` of others that the caller may end: all of an account whose keys it may make, and those
        that act for an account without a record, by their grants; never an agent's."""
        if not caller.may_manage_keys:
            return []
        others = [key for key in keys if key.id not in caller.makers and key.agent_id is None]
        others = [key for key in others if key.subject_id is None or key.subject_id != caller.subject_id]
        known = load([key.subject_id for key in others if key.subject_id], self._records)
        accounts = {account.id: account for account in known}
        return [key for key in others if _is_administered(caller, key, accounts.get(key.subject_id or ""))]

    def _records(self, subject_ids: Sequence[str]) -> list[AnyEntry]:
        places = [(kind, each) for each in subject_ids if (kind := account_kind(each))]
        return list(self.catalog.get_many(places).values()) if places else []

    def grant_for(self, caller: Principal, wanted: NewApiKey, subject_id: str) -> AccountGrant:
        """Raises InvalidInput, NotFound, Conflict for a disabled account, Forbidden above the grants of the
        caller."""
        account = self.reached(caller, subject_id)
        if not account.content.enabled:
            raise Conflict(f"{account.name} is disabled: none of its keys would work.")
        wanted_grant = AccountGrant(account, _narrowing(wanted))
        if account.id == caller.subject_id and not _is_had(caller, wanted_grant.grant, wanted):
            raise InvalidInput.of("role", "is beyond what you have in these teams")
        given = wanted_grant.given
        if not given:
            raise InvalidInput.of("role", f"{account.name} has no such role in these teams")
        if not all(_may_give(caller, account, each) for each in given):
            raise Forbidden("A key cannot have roles or teams that its maker does not have.")
        _check_actions(wanted.actions, given)
        return wanted_grant


def asleep_keys(subjects: SubjectStore, keys: Sequence[ApiKey], now: datetime) -> frozenset[str]:
    """The ids of those live ones whose user has not signed in for too long. One read for every hundred
    users."""
    of_people = [key for key in keys if key.is_of_person and key.is_live(now)]
    found: dict[str, Subject] = {}
    for ulids in batched(dict.fromkeys(str(key.subject_ulid) for key in of_people), _READ, strict=False):
        found |= subjects.get_many(ulids)
    sleeping = {ulid for ulid, subject in found.items() if subject.has_sleeping_keys(now)}
    return frozenset(key.id for key in of_people if key.subject_ulid in sleeping)


def _is_administered(caller: Principal, key: ApiKey, account: AnyEntry | None) -> bool:
    if account is not None:
        return reaches_record(caller, account)
    return key.is_administered_by(caller)


def _may_give(caller: Principal, account: AnyEntry, given: Grant) -> bool:
    if account.id == caller.subject_id:
        return caller.covers(given)
    return caller.administers(write_permission(account.kind), given)


def _narrowing(wanted: NewApiKey) -> Grant | None:
    if wanted.role is None:
        if wanted.teams is not None:
            raise InvalidInput.of("role", "is required with teams")
        return None
    return Grant(wanted.role, wanted.teams or (ALL_TEAMS,))


def _is_had(caller: Principal, grant: Grant | None, wanted: NewApiKey) -> bool:
    """Whether the caller has the role, in the teams that are named."""
    if grant is None or wanted.teams is not None:
        return grant is None or caller.covers(grant)
    return any(covers(each.role, grant.role) for each in caller.grants)


def _check_actions(actions: Sequence[Permission], given: Sequence[Grant]) -> None:
    unknown = [action for action in actions if all(action not in GRANTS[grant.role] for grant in given)]
    if unknown:
        raise InvalidInput.of("actions", f"the account lacks {', '.join(unknown)}")


_ABSENT = "There is no such service account or user."
