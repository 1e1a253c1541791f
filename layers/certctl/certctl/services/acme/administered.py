"""EAB keys, ACME accounts and orders as people see them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.authorizations import Authorization
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.orders import Order, status_after_finalize, status_before_finalize
from certctl.domain.acme.requests import EabKeyFilter
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.errors import NotFound
from certctl.domain.jobs.jobs import Job
from certctl.store.acme.accounts import AccountPage, AcmeAccountStore
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.keys import ENDINGS
from certctl.store.acme.orders import OrderStore
from certctl.store.follow_ups import FollowUpStore
from certctl.store.jobs.jobs import JobStore
from certctl.store.paging import in_parallel, load
from certctl.unit_of_work.acme.account_endings import revoke_account
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

_READ = Permission.ACME_READ
_MOST_ROWS = 2_000
"""Rows that one page reads at most, whatever the filters leave out of it."""
_AT_ONCE = 100


@dataclass(frozen=True)
class Listed[R]:
    """Records and the id to continue after, None at the end."""

    records: Sequence[R]
    next: str | None


@dataclass(frozen=True)
class CountedEabKey:
    """`accounts`: how many valid ACME accounts it has."""

    key: EabKey
    accounts: int


@dataclass(frozen=True)
class JudgedOrder:
    order: Order
    status: OrderStatus


@dataclass(frozen=True)
class AcmeRecords:
    units: Units
    now: Callable[[], datetime]

    @cached_property
    def _eab_keys(self) -> EabKeyStore:
        return EabKeyStore(self.units.database)

    @cached_property
    def _accounts(self) -> AcmeAccountStore:
        return AcmeAccountStore(self.units.database)

    def eab_keys(
        self, caller: Principal, wanted: EabKeyFilter, after: str | None, per_page: int
    ) -> Listed[CountedEabKey]:
        """Oldest first, of the caller's teams."""

        def read(after: str | None) -> tuple[Sequence[EabKey], str | None]:
            page = self._eab_keys.page(after, _AT_ONCE)
            return page.keys, page.next_after

        def shown(key: EabKey) -> bool:
            return wanted.matches(key) and _is_read(caller, key)

        found = _listed(read, shown, lambda key: key.id, after, per_page)
        return Listed(self.counted(found.records), found.next)

    def eab_key(self, caller: Principal, key_id: str) -> CountedEabKey:
        """Raises NotFound, also for one of another team."""
        key, taken = in_parallel(
            lambda: self._seen(caller, key_id), lambda: self._eab_keys.places_taken([key_id])
        )
        return CountedEabKey(key, taken.get(key_id, 0))

    def _seen(self, caller: Principal, key_id: str) -> EabKey:
        key = self._eab_keys.get(key_id)
        if key is None or not _is_read(caller, key):
            raise NotFound("There is no such EAB key.")
        return key

    def counted(self, keys: Sequence[EabKey]) -> list[CountedEabKey]:
        """One read for every hundred."""
        batches = [[key.id for key in keys[n : n + _AT_ONCE]] for n in range(0, len(keys), _AT_ONCE)]
        found = in_parallel(*[partial(self._eab_keys.places_taken, each) for each in batches])
        taken = {key_id: count for each in found for key_id, count in each.items()}
        return [CountedEabKey(key, taken.get(key.id, 0)) for key in keys]

    def accounts(
        self, caller: Principal, eab_key_id: str | None, after: str | None, per_page: int
    ) -> Listed[AcmeAccount]:
        """Oldest first, of the caller's teams. Raises NotFound for an EAB key that the caller may not see."""
        if eab_key_id is None:
            return self._listed_accounts(caller, self._accounts.page, after, per_page)
        read = partial(self._accounts.page_of_key, eab_key_id)
        _, found = in_parallel(
            lambda: self._seen(caller, eab_key_id),
            lambda: self._listed_accounts(caller, read, after, per_page),
        )
        return found

    def _listed_accounts(
        self,
        caller: Principal,
        page: Callable[[str | None, int], AccountPage],
        after: str | None,
        per_page: int,
    ) -> Listed[AcmeAccount]:
        def read(after: str | None) -> tuple[Sequence[AcmeAccount], str | None]:
            found = page(after, _AT_ONCE)
            return found.accounts, found.next_after

        return _listed(read, partial(_is_read, caller), lambda account: account.id, after, per_page)

    def account(self, caller: Principal, account_id: str) -> AcmeAccount:
        """Raises NotFound, also for one of another team."""
        return self._reached(caller, account_id, _READ)

    @retry_on_conflict
    def revoke_account(self, caller: Principal, account_id: str) -> AcmeAccount:
        """Refuses its requests from now on. Idempotent, and for one that its client deactivated. Raises
        NotFound."""
        before = self._reached(caller, account_id, Permission.ACME_REVOKE)
        if not before.is_valid:
            return before
        database = self.units.database
        unit = self.units.begin(caller.actor, before.id, self.now())
        endings = FollowUpStore(database, ENDINGS)
        after = revoke_account(unit, self._accounts, self._eab_keys, endings, before)
        unit.commit()
        return after

    def orders(
        self, caller: Principal, account_id: str, before: str | None, per_page: int
    ) -> Listed[JudgedOrder]:
        """The orders of an ACME account, newest first. Raises NotFound."""
        _, page = in_parallel(
            lambda: self._reached(caller, account_id, _READ),
            lambda: OrderStore(self.units.database).page(account_id, before, per_page),
        )
        return Listed(self._judged(page.orders), page.next_before)

    def _judged(self, orders: Sequence[Order]) -> list[JudgedOrder]:
        now = self.now()
        jobs, authorizations = in_parallel(
            lambda: self._jobs_of(orders), lambda: self._authorizations_of(orders, now)
        )
        return [
            JudgedOrder(each, _status(each, jobs, authorizations.get(each.id, ()), now)) for each in orders
        ]

    def _jobs_of(self, orders: Sequence[Order]) -> Mapping[str, Job]:
        job_ids = [each.job_id for each in orders if each.job_id]
        return {job.id: job for job in load(job_ids, JobStore(self.units.database).get_many_now)}

    def _authorizations_of(
        self, orders: Sequence[Order], now: datetime
    ) -> Mapping[str, Sequence[Authorization]]:
        """The authorizations of orders that these still decide."""
        undecided = (each for each in orders if each.finalized_at is None and not each.is_trusted)
        waiting = [each.id for each in undecided if each.expires_at > now]
        store = AuthorizationStore(self.units.database)
        found = in_parallel(*[partial(store.all_of, order_id) for order_id in waiting])
        return dict(zip(waiting, found, strict=True))

    def _reached(self, caller: Principal, account_id: str, permission: Permission) -> AcmeAccount:
        account = self._accounts.get(account_id)
        if account is None or not caller.reaches_team(permission, account.team_id):
            raise NotFound("There is no such ACME account.")
        return account


def _status(
    order: Order, jobs: Mapping[str, Job], authorizations: Sequence[Authorization], now: datetime
) -> OrderStatus:
    if order.finalized_at is None:
        return status_before_finalize(order, authorizations, now)
    return status_after_finalize(order, jobs.get(order.job_id or ""))


def _is_read(caller: Principal, record: EabKey | AcmeAccount) -> bool:
    return caller.reaches_team(_READ, record.team_id)


def _listed[R](
    read: Callable[[str | None], tuple[Sequence[R], str | None]],
    shown: Callable[[R], bool],
    id_of: Callable[[R], str],
    after: str | None,
    per_page: int,
) -> Listed[R]:
    """A page that is full unless the list ends, or has too many others in between."""
    found: list[R] = []
    for _ in range(_MOST_ROWS // _AT_ONCE):
        records, after = read(after)
        found += filter(shown, records)
        if len(found) > per_page:
            return Listed(found[:per_page], id_of(found[per_page - 1]))
        if after is None:
            break
    return Listed(found, after)
