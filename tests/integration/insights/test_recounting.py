"""Wrong counters, and the recount that finds and corrects them."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.api import maintenance
from certctl.api.maintenance import Turn
from certctl.domain.ids import COUNTER_SHARDS
from certctl.domain.insights.margins import Cause, corrected_counters
from certctl.domain.insights.recounts import LAYOUT, Recount
from certctl.services.insights.recount_requests import RecountRequests
from certctl.store.audit.events import AuditStore
from certctl.store.insights.counters import CounterStore, dead_step
from certctl.store.insights.recounts import RecountStore, ShardCounters, StoredRecount, stored
from certctl.store.items import StateItem
from certctl.store.keys import COUNTERS, counter_row
from certctl.store.writes import delete
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.insights.recounts import falsify, recounted, recounting

# together they take more than ten seconds
pytestmark = pytest.mark.slow

_ALL = range(COUNTER_SHARDS)


@pytest.fixture
def fleet(plane: ControlPlane) -> ControlPlane:
    """Certificates in several states, open jobs, alerts."""
    plane.channels = CHANNELS
    plane.issued("a.example.com")
    plane.revoked(plane.issued("b.example.com").id)
    plane.requested("c.example.com", csr_pem=None)
    return plane


def _figures(plane: ControlPlane) -> dict[int, Any]:
    counters = ShardCounters(plane.pki.database)
    return {shard: +counters.read(shard).figures for shard in _ALL}  # type: ignore[operator]  # a Counter


def _recount(plane: ControlPlane) -> Recount:
    return RecountStore(plane.pki.database).read().recount


def test_counters_that_are_true_stay_as_they_are(fleet: ControlPlane) -> None:
    before = _figures(fleet)
    report = recounted(fleet.pki.database, fleet.pki.clock)
    assert (len(report.left), report.last_corrected) == (0, 0)
    assert _figures(fleet) == before


def test_drift_is_found_and_corrected(fleet: ControlPlane) -> None:
    before = _figures(fleet)
    falsify(fleet.pki.database, 3, live=7, jobs_open=-2)
    falsify(fleet.pki.database, 4, Revoked=1)
    fleet.pki.database.write(dead_step("2027-12-01", 5, 4))
    report = recounted(fleet.pki.database, fleet.pki.clock)
    assert (len(report.left), report.last_corrected) == (0, 14)
    assert _figures(fleet) == before


def test_counters_that_are_gone_are_made_again(fleet: ControlPlane) -> None:
    """So it is after a restore of the state table from before there were any counters."""
    before = fleet.totals()
    for shard in _ALL:
        fleet.pki.database.write(delete(StateItem(COUNTERS, counter_row(shard))))
    recounted(fleet.pki.database, fleet.pki.clock)
    states = {
        name: n for name, n in before.items() if name in ("certificates", "live", "Revoked", "jobs_open")
    }
    assert states.items() <= fleet.totals().items()


def test_a_drift_that_is_found_once_is_not_corrected_yet(fleet: ControlPlane) -> None:
    """An index may show a new record later than its table."""
    falsify(fleet.pki.database, 3, live=7)
    recounts = recounting(fleet.pki.database, fleet.pki.clock)
    assert len(recounts.run(lambda: True).left) == 1
    assert len(recounts.run(lambda: True).left) == 1
    assert CounterStore(fleet.pki.database).totals()["live"] == 8


def test_it_continues_where_the_previous_run_ended(fleet: ControlPlane) -> None:
    recounts = recounting(fleet.pki.database, fleet.pki.clock)
    allowed = iter([True] * 5)
    assert len(recounts.run(lambda: next(allowed, False)).left) == 11
    assert _recount(fleet).left == tuple(range(5, 16))
    assert len(recounting(fleet.pki.database, fleet.pki.clock).run(lambda: True).left) == 0


def test_it_runs_once_a_week(fleet: ControlPlane) -> None:
    recounted(fleet.pki.database, fleet.pki.clock)
    first = _recount(fleet).finished_at
    fleet.pki.clock.advance(timedelta(days=6))
    recounting(fleet.pki.database, fleet.pki.clock).run(lambda: True)
    assert _recount(fleet).finished_at == first
    fleet.pki.clock.advance(timedelta(days=1))
    recounting(fleet.pki.database, fleet.pki.clock).run(lambda: True)
    assert _recount(fleet).finished_at == fleet.pki.clock().replace(microsecond=0)


def test_counters_of_an_earlier_layout_are_recounted_at_once_without_an_alarm(
    fleet: ControlPlane,
) -> None:
    store = RecountStore(fleet.pki.database)
    old = stored(Recount(layout=LAYOUT - 1, finished_at=fleet.pki.clock()))
    fleet.pki.database.transact([store.save_step(StoredRecount(Recount()), old)])
    falsify(fleet.pki.database, 3, notifications_dead=7)
    assert _concerns(fleet) == []
    assert _concerns(fleet) == []
    assert _recount(fleet).last_corrected == 7
    assert fleet.totals().get("notifications_dead", 0) == 0


def _concerns(plane: ControlPlane) -> list[Cause]:
    """The concerns of a run of maintenance, two minutes after the one before."""
    plane.pki.clock.advance(timedelta(minutes=2))
    turn = Turn(lambda: 200_000, plane.pki.clock())
    maintenance.recount(recounting(plane.pki.database, plane.pki.clock), turn)
    return turn.concerns


def test_a_correction_is_audited_and_needs_a_person_once(fleet: ControlPlane) -> None:
    recounted(fleet.pki.database, fleet.pki.clock)
    falsify(fleet.pki.database, 3, live=7)
    RecountRequests(fleet.pki.database, fleet.pki.clock).request()
    assert _concerns(fleet) == []
    assert _concerns(fleet) == [corrected_counters()]
    assert _concerns(fleet) == []
    (event,) = AuditStore(fleet.pki.database).of_resource("counters", "shard-03", "~", 10).events
    assert event["action"] == "counters_corrected"
    assert event["details"] == {"by": {"live": -7}, "figures": 1, "total": 7}


def test_a_write_between_the_reads_makes_it_measure_again(fleet: ControlPlane) -> None:
    """Else it would be taken for drift, and corrected."""
    before = fleet.totals()
    database, names = fleet.pki.database, iter(["d.example.com", "e.example.com"])

    def issue(**_: Any) -> None:
        name = next(names, None)
        if name:
            fleet.requested(name, csr_pem=None)

    database.client.meta.events.register("before-call.dynamodb.BatchGetItem", issue)
    report = recounted(database, fleet.pki.clock)
    assert (len(report.left), report.last_corrected) == (0, 0)
    assert fleet.totals()["certificates"] == before["certificates"] + 2


def test_a_shard_that_never_rests_is_left_to_the_next_run(fleet: ControlPlane) -> None:
    database = fleet.pki.database

    def count(params: Any, **_: Any) -> None:
        if params.get("IndexName") == "by_status":
            falsify(database, 3, jobs_completed=1)

    events = database.client.meta.events
    events.register("before-parameter-build.dynamodb.Query", count)
    recounts = recounting(database, fleet.pki.clock)
    assert len(recounts.run(lambda: True).left) == 1
    events.unregister("before-parameter-build.dynamodb.Query", count)
    assert len(recounts.run(lambda: True).left) == 0


def test_a_run_that_was_overtaken_corrects_nothing_twice(fleet: ControlPlane) -> None:
    falsify(fleet.pki.database, 3, live=7)
    clock, database = fleet.pki.clock, fleet.pki.database
    recounting(database, clock).run(lambda: True)
    clock.advance(timedelta(minutes=2))
    overtaken = iter([True])

    def other_first() -> bool:
        if next(overtaken, False):
            recounting(database, clock).run(lambda: True)
        return True

    recounting(database, clock).run(other_first)
    assert fleet.totals()["live"] == 1


@pytest.mark.parametrize("dies_at", [1, 2])
def test_a_run_that_dies_between_two_transactions_of_a_correction_leaves_the_rest(
    fleet: ControlPlane, dies_at: int
) -> None:
    before = _figures(fleet)
    database, clock = fleet.pki.database, fleet.pki.clock
    falsify(database, 3, **{f"old{n}": 1 for n in range(120)})
    recounting(database, clock).run(lambda: True)
    clock.advance(timedelta(minutes=2))
    _dying_at(database, dies_at, lambda: recounting(database, clock).run(lambda: True))
    recounted(database, clock)
    clock.advance(timedelta(minutes=2))
    recounting(database, clock).run(lambda: True)
    assert _figures(fleet) == before


class _Died(BaseException):
    pass


def _dying_at(database: Any, nth: int, act: Any) -> None:
    calls = iter(range(1, 100))

    def die(**_: Any) -> None:
        if next(calls) == nth:
            raise _Died

    events = database.client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", die)
    with pytest.raises(_Died):
        act()
    events.unregister("before-call.dynamodb.TransactWriteItems", die)
