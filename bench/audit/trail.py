"""What the audit trail costs, beside an earlier commit: of an API call, of a domain event, of sealing. On
DynamoDB Local (Java 17 and npm), a bucket in memory and a key of this process."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.harness.databases import dynamodb_local
from bench.harness.rows import Row
from bench.harness.sides import answering, both
from bench.harness.turns import cpu_ms, median_cpu_ms
from certctl.crypto.audit.canonical import canonical_json
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.audit.calls import ApiCall
from certctl.domain.audit.events import Actor
from certctl.services.audit.api_calls import ApiCallAudit
from certctl.store.audit.events import AuditStore
from certctl.store.items import StateItem
from certctl.store.keys import audit_day_shard
from certctl.store.quotas import audit_samples
from certctl.store.writes import Write, put
from tests.support.audit.seals import MemoryObjects, SealedTrail, an_event
from tests.support.aws.dynamodb_local import credentials, new_database, open_patient_database
from tests.support.clock import Clock

_TIMES, _EVENTS = 50, 2000
_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_CALLER = Principal("key-1", Role.ADMIN, ("*",))
_CALL = ApiCall(
    "GET", "/api/v1/certificates", "00" * 32, 200, 12, "198.51.100.7", "bench/1", "request-1", _CALLER
)


def rows() -> Iterator[Row]:
    with dynamodb_local() as endpoint, both(Path(__file__), endpoint) as sides:
        yield sides.row("an API call, recorded", "ms", "call")
        yield sides.row("a transaction of 3 rows", "ms", "unaudited")
        yield sides.row("with its domain event", "ms", "audited")
        yield sides.row(f"{_EVENTS:,} events sealed", "ms", "sealing")


class _Trail:
    """Each method is a turn."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        os.environ.update(credentials(uuid4().hex))
        new_database(endpoint)
        self._database = open_patient_database(endpoint)
        self._store = AuditStore(self._database)
        samples = audit_samples(self._database)
        self._calls = ApiCallAudit(self._store, samples, lambda: datetime.now(UTC))

    def call(self) -> float:
        return median_cpu_ms(lambda: self._calls.record(_CALL), _TIMES)

    def unaudited(self) -> float:
        return median_cpu_ms(lambda: self._database.transact(_steps()), _TIMES)

    def audited(self) -> float:
        def act() -> None:
            self._database.transact([*_steps(), self._store.append_step(an_event(datetime.now(UTC)))])

        return median_cpu_ms(act, _TIMES)

    def sealing(self) -> float:
        """One run over events of the last minutes, in tables of its own."""
        os.environ.update(credentials(uuid4().hex))
        new_database(self._endpoint)
        database, clock = open_patient_database(self._endpoint), Clock()
        trail = SealedTrail(database, MemoryObjects(), clock, began=_NOON.date())
        clock.time = _NOON - timedelta(minutes=4)
        trail.seal()
        for batch in batched(range(_EVENTS), 25, strict=False):
            written = [{"PutRequest": {"Item": _row(number)}} for number in batch]
            database.client.batch_write_item(RequestItems={"audit": written})
        clock.time = _NOON + timedelta(minutes=2)
        return cpu_ms(trail.seal)


def _steps() -> list[Write]:
    """A small change."""
    return [put(StateItem("bench", uuid4().hex, body="x" * 200)) for _ in range(3)]


def _row(number: int) -> dict[str, dict[str, str]]:
    """One event, spread with the others over the five minutes before noon."""
    at = _NOON - timedelta(seconds=300 * number / _EVENTS)
    details = {"before": {"status": "Active"}, "after": {"status": "Revoked", "reason": "superseded"}}
    event = an_event(at, actor=Actor("key-01kb0000000000000000000000"), details=details)
    text = canonical_json(event.as_record()).decode()
    key = {"day_shard": {"S": audit_day_shard(event.id)}, "event_id": {"S": event.id}}
    return key | {"event": {"S": text}, "actor_day": {"S": "x"}, "delete_after": {"N": "1"}}


def _main(endpoint: str) -> None:
    os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "bench"
    logging.disable()
    trail = _Trail(endpoint)
    turns: dict[str, Callable[[], Any]] = {
        name: getattr(trail, name) for name in ("call", "unaudited", "audited", "sealing")
    }
    answering(turns)


if __name__ == "__main__":
    _main(sys.argv[1])
