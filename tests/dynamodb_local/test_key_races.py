"""Keys that are made and revoked at once, on a database that judges like the real one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from certctl.domain.access.api_keys import MOST_CHILDREN, ApiKey, NewApiKey
from certctl.domain.access.credentials import key_hash
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.errors import Conflict, DomainError, Unauthenticated, Unavailable
from certctl.domain.ids import new_id
from certctl.services.access.account_keys import Accounts
from certctl.services.access.api_keys import ApiKeys
from certctl.services.access.break_glass import BreakGlass
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.break_glass import BreakGlassStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.audit.events import AuditStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.database import Database
from certctl.store.follow_ups import FollowUpStore
from certctl.store.identity.sessions import SessionStore
from certctl.store.keys import LEAKED_KEYS
from certctl.unit_of_work.access.eab_key_leaks import EabKeyLeaks
from certctl.unit_of_work.access.key_endings import KeyEndings
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ADMIN
from tests.support.units import units_in

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow]


@pytest.fixture
def database(endpoint: str, access_key: str) -> Iterator[Database]:
    database = new_database(endpoint)
    assert database.client  # made here, once: threads that make it at once make several
    yield database
    database.client.close()


def _service(database: Database, clock: Clock) -> ApiKeys:
    units, keys = units_in(database, clock), ApiKeyStore(database)
    follow_ups, eab_keys = FollowUpStore(database, LEAKED_KEYS), EabKeyLeaks(units, clock)
    endings = KeyEndings(units, keys, SessionStore(database), follow_ups, eab_keys, clock)
    accounts = Accounts(CatalogStore(database))
    return ApiKeys(units, keys, SubjectStore(database), endings, AuditStore(database), accounts, clock)


def _maker(database: Database, clock: Clock) -> Principal:
    key = ApiKey(new_id("key", clock()), "maker", Role.OPERATOR, ("t-1",), key_hash("maker"), clock())
    database.transact(ApiKeyStore(database).create_steps(key))
    return Principal(key.id, Role.OPERATOR, ("t-1",))


@pytest.mark.parametrize("is_leaked", [False, True])
def test_no_child_outlives_a_maker_that_is_revoked_while_it_makes_keys(
    database: Database, is_leaked: bool
) -> None:
    clock = Clock()
    maker, makers = _maker(database, clock), 4
    barrier = Barrier(makers + 1)

    def make(_: int) -> None:
        keys = _service(database, clock)
        barrier.wait()
        for _ in range(3):
            try:
                keys.create(maker, NewApiKey("ci", Role.VIEWER))
            except Unauthenticated:
                return
            except DomainError:  # lost the race against others several times
                continue

    def revoke() -> None:
        keys = _service(database, clock)
        end = keys.revoke_leaked if is_leaked else keys.revoke
        barrier.wait()
        while True:
            try:
                return end(ADMIN, maker.key_id)
            except DomainError:
                continue

    with ThreadPoolExecutor(makers + 1) as pool:
        made = [pool.submit(make, n) for n in range(makers)]
        pool.submit(revoke).result()
        for each in made:
            each.result()

    keys, _ = ApiKeyStore(database).page(None, 100)
    assert [key.id for key in keys if key.is_live(clock())] == []
    store = ApiKeyStore(database)
    assert all(store.find_credential(key.key_hash) is None for key in keys)


def test_makers_at_once_stay_within_the_bound(database: Database) -> None:
    clock = Clock()
    maker = _maker(database, clock)
    keys = _service(database, clock)
    for _ in range(MOST_CHILDREN - 2):
        keys.create(maker, NewApiKey("ci", Role.VIEWER))

    def make(_: int) -> bool:
        try:
            _service(database, clock).create(maker, NewApiKey("ci", Role.VIEWER))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(make, range(6)))

    listed, _ = ApiKeyStore(database).page(None, 100)
    live = [key for key in listed if key.parent_id == maker.key_id and key.is_live(clock())]
    record = ApiKeyStore(database).get(maker.key_id)
    assert record is not None
    assert len(live) <= MOST_CHILDREN
    assert set(record.children) == {key.id for key in live}


def test_break_glass_keys_that_are_made_at_once_leave_one(database: Database) -> None:
    clock, minters = Clock(), 4
    barrier = Barrier(minters)
    subjects, claims = SubjectStore(database), BreakGlassStore(database)

    def mint(_: int) -> str | None:
        """What refused who lost too often. Who got no answer in time tries again, as a person would."""
        service = BreakGlass(units_in(database, clock), ApiKeyStore(database), subjects, claims, clock)
        barrier.wait()
        for _ in range(20):
            try:
                service.mint(STACK_ADMIN)
            except Conflict as lost:
                return lost.detail
            except Unavailable:
                continue
            return None
        raise AssertionError("the database never answered")

    with ThreadPoolExecutor(minters) as pool:
        refusals = {refusal for refusal in pool.map(mint, range(minters)) if refusal is not None}

    assert all("at the same time" in refusal for refusal in refusals)
    store = ApiKeyStore(database)
    keys, _ = store.page(None, 100)
    assert [key.id for key in keys if key.is_live(clock())] == [claims.current()]
    usable = [key.id for key in keys if store.find_credential(key.key_hash) is not None]
    assert usable == [claims.current()]
