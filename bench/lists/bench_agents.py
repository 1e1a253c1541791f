"""What counts and lists of agents read and take on DynamoDB Local (needs Java 17 and npm). Argument: agents,
10000.

Prints a line for each: what was found, requests, read units by DynamoDB's formula, and the medians of five in
milliseconds, of the time and of this process's CPU time.
"""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.rooms.base import Base, Overrides
from certctl.compose.rooms.catalog import CatalogFactories
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.agents.roster import counts_of
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.requests import EntryFilter
from certctl.services.catalog.pages import CatalogPages
from certctl.store.agents.roster import AgentRoster
from certctl.store.database import Database
from tests.support.agents.many import Fleet
from tests.support.aws.dynamodb_local import REGION, credentials, new_database, open_patient_database, running
from tests.support.costs.read_units import metered_reads

_NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
_ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
_TIMES = 5


@dataclass(frozen=True)
class _Bench:
    database: Database

    def counts(self) -> str:
        counts = counts_of(AgentRoster(self.database).agents(), _NOW)
        return f"{counts.online} online, {counts.degraded} degraded, {counts.offline} offline"

    def page(self, wanted: EntryFilter) -> str:
        found = self._pages().page(_ADMIN, Kind.AGENT, wanted, None, 50)
        return f"{len(found.entries)} records, {'more' if found.next_after else 'the last page'}"

    def whole(self, wanted: EntryFilter) -> str:
        pages, after, found = 0, None, 0
        while True:
            page = self._pages().page(_ADMIN, Kind.AGENT, wanted, after, 500)
            pages, after, found = pages + 1, page.next_after, found + len(page.entries)
            if after is None:
                return f"{found} records in {pages} pages"

    def maintenance(self, now: datetime) -> str:
        overrides = Overrides(database=self.database, now=lambda: now)
        return f"{MaintenanceSchedule(overrides).stale_agents.run(lambda: True).silent} alerts"

    def _pages(self) -> CatalogPages:
        records = CatalogFactories(Base(Overrides(database=self.database, now=lambda: _NOW))).records
        return CatalogPages(records, AgentRoster(self.database), lambda: _NOW)


def main(count: int) -> None:
    if shutil.which("java") is None or shutil.which("npm") is None:
        print("skipped: no Java or npm")
        return
    os.environ.update(credentials(uuid4().hex), AWS_REGION=REGION, CERTCTL_STACK="bench")
    os.environ.update(POWERTOOLS_SERVICE_NAME="bench", POWERTOOLS_METRICS_NAMESPACE="bench")
    with running() as endpoint:
        new_database(endpoint)
        database = open_patient_database(endpoint)
        started = time.monotonic()
        Fleet(database, _NOW, count).write()
        print(f"{count} agents stored in {time.monotonic() - started:.0f} s")
        bench = _Bench(database)
        _measure(database, "counts", bench.counts)
        for name, wanted in _lists():
            _measure(database, f"a page of 50, {name}", partial(bench.page, wanted))
        online = EntryFilter(status=AgentStatus.ONLINE)
        _measure(database, "all pages of 500, Online", partial(bench.whole, online))
        _measure(database, "maintenance, nothing to do", partial(bench.maintenance, _NOW))
        outage = partial(bench.maintenance, _NOW + timedelta(days=1))
        _measure(database, "maintenance, all Offline without work", outage)


def _lists() -> list[tuple[str, EntryFilter]]:
    return [
        ("no filter", EntryFilter()),
        ("Online", EntryFilter(status=AgentStatus.ONLINE)),
        ("Degraded", EntryFilter(status=AgentStatus.DEGRADED)),
        ("Offline", EntryFilter(status=AgentStatus.OFFLINE)),
        ("of a team that has three", EntryFilter(team_id="t-last")),
        ("that team's, Offline", EntryFilter(team_id="t-last", status=AgentStatus.OFFLINE)),
    ]


def _measure(database: Database, what: str, act: Callable[[], str]) -> None:
    with metered_reads(database.client) as read:
        found = act()
    times = [_seconds(act) for _ in range(_TIMES)]
    took, cpu = (1000 * statistics.median(each) for each in zip(*times, strict=True))
    print(
        f"{what:<40} {found:<45} {len(read.reads):>3} requests "
        f"{read.units:>7.1f} units {took:>7.0f} ms, CPU {cpu:>6.0f} ms",
        flush=True,
    )


def _seconds(act: Callable[[], str]) -> tuple[float, float]:
    started, cpu = time.monotonic(), time.process_time()
    act()
    return time.monotonic() - started, time.process_time() - cpu


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
