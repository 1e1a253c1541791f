"""ACME accounts that are made, changed and ended at once, on a database that judges like the real one."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import pytest

from certctl.connectors.acme.binding_macs import BindingMacs
from certctl.crypto.acme.keys import thumbprint
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.acme.accounts import AcmeAccount, KeyTaken, WantedAccount
from certctl.domain.acme.callers import caller_of
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import AccountStatus
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.base64url import to_base64url
from certctl.domain.errors import Unavailable
from certctl.domain.ids import new_id
from certctl.services.acme.accounts import AcmeAccounts
from certctl.services.acme.new_accounts import FoundAccount, NewAccounts
from certctl.services.acme.nonces import Nonces
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.nonces import NonceStore
from certctl.store.acme.orders import OrderStore
from certctl.store.database import Database
from certctl.unit_of_work.acme.limits import HourlyLimits
from tests.support.acme.key_fields import an_eab_key
from tests.support.acme.raw import Key, binding, jwk, new_key
from tests.support.aws.dynamodb_local import new_database
from tests.support.aws.local_kms import LocalKms
from tests.support.clock import Clock
from tests.support.units import units_in

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow]

URL = "https://acme.example.net/acme/new-account"
ARN = "arn:acme-binding"


@dataclass
class World:
    database: Database
    clock: Clock = field(default_factory=Clock)

    @property
    def macs(self) -> BindingMacs:
        kms: Any = LocalKms({})
        return BindingMacs(kms, ARN)

    @property
    def accounts(self) -> AcmeAccountStore:
        return AcmeAccountStore(self.database)

    @property
    def eab_keys(self) -> EabKeyStore:
        return EabKeyStore(self.database)

    def subject(self) -> Subject:
        grants = [Grant(Role.OPERATOR, ("t-web",))]
        subject = new_subject(SubjectKind.SERVICE_ACCOUNT, grants, self.clock())
        self.database.write(SubjectStore(self.database).create_step(subject))
        return subject

    def eab_key(self, max_accounts: int) -> EabKey:
        now = self.clock()
        whose = {"id": new_id("eab", now), "service_account_id": self.subject().id}
        key = an_eab_key(now, max_accounts=max_accounts, **whose)
        self.database.transact(self.eab_keys.create_steps(key))
        return key

    def new_accounts(self) -> NewAccounts:
        """A process of its own."""
        units, subjects = units_in(self.database, self.clock), SubjectStore(self.database)
        return NewAccounts(self.accounts, self.eab_keys, subjects, self.macs, units, "", self.clock)

    def changes(self) -> AcmeAccounts:
        units, orders = units_in(self.database, self.clock), OrderStore(self.database)
        limits = HourlyLimits(self.database, self.clock)
        return AcmeAccounts(self.accounts, self.eab_keys, orders, limits, units, self.clock)

    def register(self, eab_key: EabKey, key: Key) -> FoundAccount:
        secret = to_base64url(self.macs.mac_key(eab_key.id, 1, eab_key.salt))
        wanted = WantedAccount(jwk(key), URL, binding=binding(key, eab_key.id, secret, URL))
        return self.new_accounts().find_or_create(wanted, "198.51.100.7")

    def caller(self, account: AcmeAccount) -> AcmeCaller:
        key = self.eab_keys.get(account.eab_key_id)
        assert key is not None
        subject = SubjectStore(self.database).get(account.service_account_id.removeprefix("sa-"))
        return caller_of(account, key, subject)

    def accounts_of(self, key: EabKey) -> Sequence[AcmeAccount]:
        return self.accounts.page_of_key(key.id, None, 100).accounts

    def places(self, key: EabKey) -> int:
        return self.eab_keys.places_taken([key.id]).get(key.id, 0)


@pytest.fixture
def world(endpoint: str, access_key: str) -> Iterator[World]:
    database = new_database(endpoint)
    assert database.client  # made here, once: threads that make it at once make several
    yield World(database)
    database.client.close()


def at_once[R](acts: Sequence[Callable[[], R]]) -> list[R | Exception]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[], R]) -> R | Exception:
        barrier.wait()
        try:
            return act()
        except (AcmeProblem, KeyTaken, Unavailable) as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_never_get_the_last_place(world: World) -> None:
    key = world.eab_key(max_accounts=2)
    results = at_once([lambda: world.register(key, new_key()) for _ in range(8)])
    made = [each for each in results if isinstance(each, FoundAccount)]
    assert 1 <= len(made) <= 2
    assert len(world.accounts_of(key)) == world.places(key) == len(made)
    refused = [each for each in results if isinstance(each, AcmeProblem)]
    assert {each.type for each in refused} <= {ProblemType.UNAUTHORIZED}


def test_one_key_gets_one_account_however_often_it_asks_at_once(world: World) -> None:
    eab_key, key = world.eab_key(max_accounts=10), new_key()
    results = at_once([lambda: world.register(eab_key, key) for _ in range(6)])
    found = [each for each in results if isinstance(each, FoundAccount)]
    assert {each.account.id for each in found} == {world.accounts_of(eab_key)[0].id}
    assert sum(each.is_new for each in found) == 1
    assert (len(world.accounts_of(eab_key)), world.places(eab_key)) == (1, 1)


def test_a_response_that_was_lost_is_found_by_the_next_try(world: World) -> None:
    eab_key, key = world.eab_key(max_accounts=1), new_key()
    lost = world.register(eab_key, key)
    again = world.register(eab_key, key)
    assert (again.account.id, again.is_new) == (lost.account.id, False)
    assert world.places(eab_key) == 1


def test_an_account_that_is_deactivated_twice_at_once_frees_one_place(world: World) -> None:
    key = world.eab_key(max_accounts=3)
    kept, ended = world.register(key, new_key()).account, world.register(key, new_key()).account
    results = at_once([lambda: world.changes().deactivate(world.caller(ended)) for _ in range(4)])
    assert sum(isinstance(each, AcmeAccount) for each in results) == 1
    assert {each.status for each in results if isinstance(each, AcmeProblem)} <= {401}
    assert world.places(key) == 1
    statuses = {each.id: each.status for each in world.accounts_of(key)}
    assert statuses == {kept.id: AccountStatus.VALID, ended.id: AccountStatus.DEACTIVATED}


def test_two_accounts_that_take_one_key_at_once_do_not_both_get_it(world: World) -> None:
    eab_key, wanted = world.eab_key(max_accounts=10), jwk(new_key())
    ones = [world.register(eab_key, new_key()).account for _ in range(4)]
    results = at_once([_change(world, each, wanted) for each in ones])
    (winner,) = [each for each in results if isinstance(each, AcmeAccount)]
    assert world.accounts.id_of_key(thumbprint(wanted)) == winner.id
    taken = [each for each in results if isinstance(each, KeyTaken)]
    assert {each.account_id for each in taken} <= {winner.id}
    for account in ones:
        stored = world.accounts.get(account.id)
        assert stored is not None
        assert world.accounts.id_of_key(stored.thumbprint) == account.id


def test_an_account_that_changes_to_two_keys_at_once_has_one_of_them(world: World) -> None:
    eab_key, keys = world.eab_key(max_accounts=10), [jwk(new_key()) for _ in range(4)]
    account = world.register(eab_key, new_key()).account
    results = at_once([_change(world, account, each) for each in keys])
    (changed,) = [each for each in results if isinstance(each, AcmeAccount)]
    found = {world.accounts.id_of_key(thumbprint(each)) for each in keys}
    assert found == {None, account.id}
    assert world.accounts.id_of_key(account.thumbprint) is None
    assert world.accounts.id_of_key(changed.thumbprint) == account.id


def test_an_old_key_ends_nothing_once_it_was_changed(world: World) -> None:
    """A deactivation and a key change at once: the later one sees the other."""
    eab_key = world.eab_key(max_accounts=10)
    account = world.register(eab_key, new_key()).account
    caller = world.caller(account)
    results: list[Any] = at_once(
        [_change(world, account, jwk(new_key())), lambda: world.changes().deactivate(caller)]
    )
    stored = world.accounts.get(account.id)
    assert stored is not None
    changed, ended = (isinstance(each, AcmeAccount) for each in results)
    assert changed != ended
    assert stored.is_valid is changed
    assert world.places(eab_key) == (1 if changed else 0)


def test_a_nonce_is_used_once_however_often_it_comes_at_once(world: World) -> None:
    nonce = Nonces(NonceStore(world.database), world.clock).new()
    results = at_once([_use(world, nonce) for _ in range(8)])
    assert sum(each is True for each in results) == 1
    assert {each.type for each in results if isinstance(each, AcmeProblem)} == {ProblemType.BAD_NONCE}


def test_processes_that_start_at_once_share_one_key_of_nonces(world: World) -> None:
    made = at_once([lambda: Nonces(NonceStore(world.database), world.clock).new() for _ in range(6)])
    reader = Nonces(NonceStore(world.database), world.clock)
    for nonce in made:
        assert isinstance(nonce, str)
        reader.use(nonce)


def _change(world: World, account: AcmeAccount, to: dict[str, str]) -> Callable[[], AcmeAccount]:
    caller = world.caller(account)
    return lambda: world.changes().change_key(caller, to)


def _use(world: World, nonce: str) -> Callable[[], bool]:
    def use() -> bool:
        Nonces(NonceStore(world.database), world.clock).use(nonce)
        return True

    return use
