"""Two at once on catalog records, on a database that judges like the real one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest

from certctl.api.catalog.bodies import OwnerBody, TeamBody, edited_entry, new_entry
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict, InvalidInput
from certctl.services.catalog.deletions import WAIT, CatalogDeletions
from certctl.services.catalog.records import Catalog
from certctl.services.catalog.stated import StatedRecords
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.agents.consents import AgentConsentStore
from certctl.store.agents.crl_reports import CrlReportStore
from certctl.store.agents.states import AgentStateStore
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.catalog.usage import CatalogUsage
from certctl.store.database import Database
from certctl.unit_of_work.agents.retirements import Retirements
from certctl.unit_of_work.catalog import CatalogRecords
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock
from tests.support.policies import evaluations_in
from tests.support.units import units_in

pytestmark = pytest.mark.dynamodb_local

ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
ROUNDS = 20


class World:
    """Each function has a book of its own."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.store = CatalogStore(database)
        self._database = database
        self.catalog = Catalog(self._records(), self._stated(), self.clock)
        self.deletions = CatalogDeletions(self._records(), self._retirements(), self.clock)

    def _retirements(self) -> Retirements:
        return Retirements(self._records(), ApiKeyStore(self._database), self.clock)

    def _records(self) -> CatalogRecords:
        book = CachedCatalog(self.store, self.clock)
        usage = CatalogUsage(self._database, self.store, self.clock)
        return CatalogRecords(
            units_in(self._database, self.clock),
            self.store,
            book,
            usage,
            AgentStateStore(self._database),
            IssuerContactStore(self._database),
            AgentConsentStore(self._database),
            lambda: evaluations_in(self._database),
            "blue",
        )

    def _stated(self) -> StatedRecords:
        return StatedRecords(
            self.store,
            AgentStateStore(self._database),
            IssuerContactStore(self._database),
            AgentConsentStore(self._database),
            CrlReportStore(self._database),
            lambda: evaluations_in(self._database),
        )

    def team(self, name: str) -> bool:
        return succeeds(lambda: self.catalog.create(ADMIN, Kind.TEAM, new_entry(TeamBody(name=name))))

    def owner(self, name: str, team_id: str) -> bool:
        wanted = new_entry(OwnerBody(name=name, team_id=team_id))
        return succeeds(lambda: self.catalog.create(ADMIN, Kind.OWNER, wanted))

    def deleted(self, team_id: str) -> bool:
        return succeeds(lambda: self.catalog.delete(ADMIN, Kind.TEAM, team_id, None))

    def finish(self) -> None:
        self.clock.advance(WAIT + timedelta(seconds=1))
        self.deletions.run(lambda: True)


def succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except (Conflict, InvalidInput):
        return False
    return True


@pytest.fixture
def world(endpoint: str, access_key: str) -> Iterator[World]:
    database = new_database(endpoint)
    assert database.client  # made here, once: threads that make it at once make several
    yield World(database)
    database.client.close()


def at_once(*acts: Callable[[], bool]) -> list[bool]:
    barrier = Barrier(len(acts))

    def started(act: Callable[[], bool]) -> bool:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(started, acts))


def test_of_ten_that_take_one_name_at_once_one_gets_it(world: World) -> None:
    won = at_once(*[lambda: world.team("Payments")] * 10)
    assert sum(won) == 1
    assert [entry.name for entry in world.store.page(Kind.TEAM, None, 100).entries] == ["Payments"]


def test_of_ten_changes_of_one_version_one_is_made(world: World) -> None:
    made = world.catalog.create(ADMIN, Kind.TEAM, new_entry(TeamBody(name="Payments")))

    def renamed(number: int) -> bool:
        wanted = edited_entry(TeamBody(name=f"Team {number}"), made.id, if_match=1)
        return succeeds(lambda: world.catalog.edit(ADMIN, Kind.TEAM, made.id, wanted))

    assert sum(at_once(*(partial(renamed, number) for number in range(10)))) == 1
    stored = world.store.get(Kind.TEAM, made.id)
    assert stored is not None
    assert stored.revision == 2


def test_a_deletion_beside_a_new_use_never_leaves_a_use_of_nothing(world: World) -> None:
    for number in range(ROUNDS):
        team = world.catalog.create(ADMIN, Kind.TEAM, new_entry(TeamBody(name=f"Team {number}")))
        owner = f"Owner {number}"
        _, used = at_once(partial(world.deleted, team.id), partial(world.owner, owner, team.id))
        world.finish()
        stored = world.store.get(Kind.TEAM, team.id)
        if used:
            assert stored is not None
            assert not stored.is_deleting


def test_of_two_runs_that_finish_a_deletion_each_does_no_harm(world: World) -> None:
    made = world.catalog.create(ADMIN, Kind.TEAM, new_entry(TeamBody(name="Payments")))
    world.deleted(made.id)
    world.clock.advance(WAIT)

    def run() -> bool:
        return world.deletions.run(lambda: True).deleted == 1

    reports = at_once(run, run)
    assert sum(reports) == 1
    assert world.store.get(Kind.TEAM, made.id) is None
    assert world.store.deleting(10) == []
