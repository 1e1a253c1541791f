"""Composition of what holds the counters against the records. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, config

if TYPE_CHECKING:
    from certctl.services.insights.recount_requests import RecountRequests
    from certctl.services.insights.recounting import CounterRecount


@cache
def recount_requests() -> "RecountRequests":
    from certctl.services.insights.recount_requests import RecountRequests

    return RecountRequests(bootstrap.database(), bootstrap.now)


@cache
def recounting() -> "CounterRecount":
    from certctl.domain.audit.events import Actor, ActorType
    from certctl.services.insights.recounting import CounterRecount
    from certctl.store.insights.recount_records import CountedRecords

    database = bootstrap.database()
    actor = Actor(f"system/{config.stack().function}", ActorType.SYSTEM)
    records = lambda: CountedRecords(database, bootstrap.now)  # noqa: E731  # one for each run
    return CounterRecount(database, bootstrap.audit_store(), records, actor, bootstrap.now)
