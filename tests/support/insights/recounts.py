"""Recounts of a database, and counters that are wrong."""

from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.insights.recounts import SETTLED_AFTER, Recount
from certctl.services.insights.recount_requests import RecountRequests
from certctl.services.insights.recounting import CounterRecount
from certctl.store.database import Database
from certctl.store.insights.counters import add_step
from certctl.store.keys import COUNTERS, counter_row
from tests.support.clock import Clock
from tests.support.units import units_in

_ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)


def recounting(database: Database, now: Callable[[], datetime]) -> CounterRecount:
    return CounterRecount(units_in(database, now), _ACTOR, now)


def recounted(database: Database, clock: Clock) -> Recount:
    """A whole round: each difference is found twice, a minute apart."""
    RecountRequests(database, clock).request()
    recounting(database, clock).run(lambda: True)
    clock.advance(SETTLED_AFTER + timedelta(seconds=1))
    return recounting(database, clock).run(lambda: True)


def falsify(database: Database, shard: int, **amounts: int) -> None:
    database.write(add_step(COUNTERS, counter_row(shard), amounts))
