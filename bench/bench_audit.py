"""What the audit trail costs: per API call, per domain event, and sealing as much as one seal holds.

Run: `PYTHONPATH=layers/certctl:. .venv/bin/python bench/bench_audit.py [events]`. On DynamoDB Local (Java 17
and npm), a bucket in memory and a key of this process: the milliseconds are those of this machine without a
network, and of another database than AWS has. The round trips are the same there.
Last result (2026-11-24, 2 cores that other work kept busy, Python 3.13): an API call 1 round trip and 7 ms
more; a domain event none, 6.1 -> 10.3 ms for a transaction of 3 and of 4 rows; 20,000 events in one seal of
2.1 MB: 6.3 s, of which 0.7 s are this process, 129 MB at most (95 MB before); the seal after it 1.7 s.
"""

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import batched
from uuid import uuid4

from certctl.crypto.audit.canonical import canonical_json
from certctl.domain.access.permissions import Principal, Role
from certctl.domain.audit.events import Actor
from certctl.observability import logger
from certctl.services.audit.api_calls import ApiCall, ApiCallAudit
from certctl.store.audit.events import AuditStore
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import audit_day_shard
from certctl.store.quotas import audit_samples
from certctl.store.writes import Write, put
from tests.support.audit.seals import MemoryObjects, SealedTrail, an_event
from tests.support.aws.dynamodb_local import credentials, new_database, running
from tests.support.clock import Clock
from tests.support.costs.round_trips import recorded

RUNS = 300
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CALLER = Principal("key-1", Role.ADMIN, ("*",))
CALL = ApiCall(
    "GET", "/api/v1/certificates", "00" * 32, 200, 12, "198.51.100.7", "bench/1", "request-1", CALLER
)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def median_ms(act: Callable[[], object]) -> float:
    spent = []
    for _ in range(RUNS):
        started = time.perf_counter()
        act()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent) * 1000


def state_steps() -> list[Write]:
    """A small change: three rows."""
    return [put(StateItem("bench", uuid4().hex, body="x" * 200)) for _ in range(3)]


def warm_up(database: Database) -> None:
    """Java compiles what it runs often."""
    for _ in range(3):
        median_ms(lambda: database.transact(state_steps()))


def per_call(database: Database) -> None:
    audit = ApiCallAudit(AuditStore(database), audit_samples(database), lambda: datetime.now(UTC))
    with recorded(database.client) as recording:
        audit.record(CALL)
    trips = len(recording.calls)
    print(f"an API call: {trips} round trip more, {median_ms(lambda: audit.record(CALL)):.2f} ms")


def per_event(database: Database) -> None:
    store = AuditStore(database)

    def audited() -> list[Write]:
        return [*state_steps(), store.append_step(an_event(datetime.now(UTC)))]

    with recorded(database.client) as recording:
        database.transact(audited())
    without = median_ms(lambda: database.transact(state_steps()))
    having = median_ms(lambda: database.transact(audited()))
    print(f"a domain event: {len(recording.calls) - 1} round trips more, {without:.2f} -> {having:.2f} ms")
    event = an_event(NOON)
    print(
        f"canonical JSON of one event: {median_ms(lambda: canonical_json(event.as_record())) * 1000:.0f} us"
    )


def fill(database: Database, count: int) -> None:
    """Spread over the five minutes before noon."""
    for batch in batched(range(count), 25, strict=False):
        rows = [{"PutRequest": {"Item": row(NOON - timedelta(seconds=300 * n / count))}} for n in batch]
        database.client.batch_write_item(RequestItems={"audit": rows})


def row(at: datetime) -> dict[str, dict[str, str]]:
    details = {"before": {"status": "Active"}, "after": {"status": "Revoked", "reason": "superseded"}}
    event = an_event(at, actor=Actor("key-01kb0000000000000000000000"), details=details)
    text = canonical_json(event.as_record()).decode()
    key = {"day_shard": {"S": audit_day_shard(event.id)}, "event_id": {"S": event.id}}
    return key | {"event": {"S": text}, "actor_day": {"S": "x"}, "delete_after": {"N": "1"}}


def sealing(database: Database, count: int) -> None:
    objects, clock = MemoryObjects(), Clock()
    trail = SealedTrail(database, objects, clock, began=NOON.date())
    clock.time = NOON - timedelta(minutes=4)
    trail.seal()
    fill(database, count)
    clock.time = NOON + timedelta(minutes=2)
    before, started, cpu = peak_mb(), time.perf_counter(), time.process_time()
    report = trail.seal()
    wall, spent = time.perf_counter() - started, time.process_time() - cpu
    size = max(len(trail.archive().stored(seal.head.seq)) for seal in trail.seals)
    print(f"sealing {report.events:,} events in {report.seals} seals: {wall:.2f} s, {spent:.2f} s of CPU,")
    print(f"  the largest {size:,} bytes; peak {peak_mb():.0f} MB, {before:.0f} MB before")
    clock.advance(timedelta(minutes=5))
    started = time.perf_counter()
    trail.seal()
    print(f"the seal after it, looking back at all of them: {time.perf_counter() - started:.2f} s")


@contextmanager
def local_database() -> Iterator[Database]:
    os.environ |= credentials(uuid4().hex)
    with running() as endpoint:
        yield new_database(endpoint)


def main(count: int) -> None:
    os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "bench"
    logger.setLevel("ERROR")
    with local_database() as database:
        warm_up(database)
        per_call(database)
        per_event(database)
        sealing(database, count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
