"""Keys that a caller makes for a service account or a user."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.access.api_keys import ApiKey, NewApiKey
from certctl.domain.access.permissions import (
    ALL_TEAMS,
    GRANTS,
    Grant,
    Permission,
    Principal,
    common_grants,
)
from certctl.domain.catalog.reach import reaches_record
from certctl.domain.catalog.records import AnyEntry, Kind, write_permission
from certctl.domain.catalog.subjects import account_kind
from certctl.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import load


@dataclass(frozen=True)
class AccountGrant:
    """What a key of an account has: `grant` narrows the grants of the account, None keeps all of them."""

    account: AnyEntry
    grant: Grant | None

    @property
    def is_of_person(self) -> bool:
        return self.account.kind is Kind.USER


class Accounts:
    def __init__(self, catalog: CatalogStore) -> None:
        self._catalog = catalog

    def reached(self, caller: Principal, subject_id: str) -> AnyEntry:
        """The account, read consistently. Raises NotFound, also for one whose keys the caller may not
        make."""
        kind = account_kind(subject_id)
        account = self._catalog.get(kind, subject_id) if kind else None
        if account is None or account.is_deleting:
            raise NotFound(_ABSENT)
        if caller.subject_id != subject_id and not reaches_record(caller, account):
            raise NotFound(_ABSENT)
        return account

    def administered(self, caller: Principal, keys: Sequence[ApiKey]) -> list[ApiKey]:
        """Those of `keys`, of others, that the caller may end: all of an account whose keys it may make, and
        those that act for an account without a record, by their grants; never an agent's."""
        if not caller.may_manage_keys:
            return []
        others = [key for key in keys if key.id not in caller.makers and key.agent_id is None]
        others = [key for key in others if key.subject_id is None or key.subject_id != caller.subject_id]
        known = load([key.subject_id for key in others if key.subject_id], self._records)
        accounts = {account.id: account for account in known}
        return [key for key in others if _is_administered(caller, key, accounts.get(key.subject_id or ""))]

    def _records(self, subject_ids: Sequence[str]) -> list[AnyEntry]:
        places = [(kind, each) for each in subject_ids if (kind := account_kind(each))]
        return list(self._catalog.get_many(places).values()) if places else []

    def grant_for(self, caller: Principal, wanted: NewApiKey, subject_id: str) -> AccountGrant:
        """Raises InvalidInput, NotFound, Conflict for a disabled account, Forbidden above the grants of the
        caller."""
        account = self.reached(caller, subject_id)
        if not account.content.enabled:
            raise Conflict(f"{account.name} is disabled: none of its keys would work.")
        grant = _narrowing(wanted)
        had = account.content.all_grants
        given = had if grant is None else common_grants([grant], had)
        if not given:
            raise InvalidInput.of("role", f"{account.name} has no such role in these teams")
        if not all(caller.administers(write_permission(account.kind), each) for each in given):
            raise Forbidden("A key cannot have roles or teams that its maker does not have.")
        _check_actions(wanted.actions, given)
        return AccountGrant(account, grant)


def _is_administered(caller: Principal, key: ApiKey, account: AnyEntry | None) -> bool:
    if account is not None:
        return reaches_record(caller, account)
    return key.is_administered_by(caller)


def _narrowing(wanted: NewApiKey) -> Grant | None:
    if wanted.role is None:
        if wanted.teams is not None:
            raise InvalidInput.of("role", "is required with teams")
        return None
    return Grant(wanted.role, wanted.teams or (ALL_TEAMS,))


def _check_actions(actions: Sequence[Permission], given: Sequence[Grant]) -> None:
    unknown = [action for action in actions if all(action not in GRANTS[grant.role] for grant in given)]
    if unknown:
        raise InvalidInput.of("actions", f"the account lacks {', '.join(unknown)}")


_ABSENT = "There is no such service account or user."
