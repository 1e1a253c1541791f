"""One side of `hot_paths`: answers what a request costs in this process. Argument: DynamoDB's endpoint."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from botocore.client import BaseClient

from bench.harness.sides import answering
from bench.harness.turns import median_cpu_ms
from bench.requests.world import CERTIFICATES, World

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "TransactGetItems"})
type Prepared = Callable[[], object]


class Requests:
    """What can be asked for by name: each prepares one request and returns what sends it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = count(10_000)
        self._one = world.issued(next(self._numbers))

    def prepared(self, name: str) -> Prepared:
        made = _LISTS.get(name)
        if made is not None:
            folder, path, query = made
            sent = self._world.event("GET", f"/api/v1{path}", **query)
            return lambda: self._world.handle(folder, sent)
        prepare: Callable[[], Prepared] = getattr(self, name)
        return prepare()

    def accept(self) -> Prepared:
        self._world.sqs.taken("jobs")
        sent = self._world.new_certificate(next(self._numbers))
        return lambda: self._world.handle("certificates_api", sent)

    def sign(self) -> Prepared:
        self.accept()()
        nudged = self._world.jobs()
        return lambda: self._world.handle("signing_worker", nudged)

    def issue(self) -> Prepared:
        accept = self.accept()

        def both() -> None:
            accept()
            self._world.handle("signing_worker", self._world.jobs())

        return both

    def get_one(self) -> Prepared:
        sent = self._world.event("GET", f"{CERTIFICATES}/{self._one}")
        return lambda: self._world.handle("certificates_api", sent)

    def revoke(self) -> Prepared:
        path = f"{CERTIFICATES}/{self._world.issued(next(self._numbers))}/revoke"
        sent = self._world.event("POST", path, {"reason": "superseded"})
        return lambda: self._world.handle("certificates_api", sent)

    def overview_later(self) -> Prepared:
        return self._later("overview", timedelta(seconds=30))

    def attention_later(self) -> Prepared:
        return self._later("attention", timedelta(seconds=60))

    def _later(self, name: str, pause: timedelta) -> Prepared:
        """Sends each so long after the one before it: it is not enough to prepare it then."""
        send = self.prepared(name)

        def wait_and_send() -> None:
            self._world.clock.advance(pause)
            send()

        return wait_and_send

    def health(self) -> Prepared:
        sent = self._world.event("GET", "/health")
        return lambda: self._world.handle("public_api", sent)

    def poll(self) -> Prepared:
        sent = self._world.heartbeat()
        return lambda: self._world.handle("agents_api", sent)


_LISTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "list": ("certificates_api", "/certificates", {}),
    "expiring": ("certificates_api", "/certificates", {"status": "Expiring"}),
    "active": ("certificates_api", "/certificates", {"status": "Active"}),
    "search": ("certificates_api", "/certificates", {"search": "example.com"}),
    "search_one": ("certificates_api", "/certificates", {"search": "svc-00777"}),
    "summary": ("insights_api", "/stats/summary", {}),
    "overview": ("insights_api", "/stats/overview", {}),
    "attention": ("insights_api", "/attention", {}),
    "metrics": ("insights_api", "/metrics", {}),
    "audit": ("insights_api", "/audit", {}),
    "jobs": ("insights_api", "/jobs", {}),
    "notifications": ("notifications_api", "/notifications", {}),
}


class Meter:
    """Counts calls of DynamoDB, and the units that it says they took."""

    def __init__(self) -> None:
        self.calls, self.read, self.written = 0, 0.0, 0.0
        self._lock = threading.Lock()

    def note(self, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
        consumed = answer.get("ConsumedCapacity", [])
        each = consumed if isinstance(consumed, list) else [consumed]
        units = sum(one.get("CapacityUnits", 0.0) for one in each)
        with self._lock:
            self.calls += 1
            if operation in _READS:
                least = 1.0 if request.get("ConsistentRead") else 0.5
                self.read += max(units, least)  # DynamoDB Local counts a query that finds nothing as nothing
            else:
                self.written += units


@contextmanager
def metering() -> Iterator[Meter]:
    """All clients of this process."""
    meter, real = Meter(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name != "dynamodb":
            return real(client, operation, request)
        answer = real(client, operation, {**request, "ReturnConsumedCapacity": "TOTAL"})
        meter.note(operation, request, answer)
        return answer

    BaseClient._make_api_call = call  # type: ignore[attr-defined]
    try:
        yield meter
    finally:
        BaseClient._make_api_call = real  # type: ignore[attr-defined]


def main(endpoint: str) -> None:
    requests = Requests(World(endpoint))

    def turn(name: str, times: int) -> float:
        acts = [requests.prepared(name) for _ in range(times)]
        return median_cpu_ms(lambda: acts.pop()(), times)

    def counted_once(name: str) -> list[float]:
        act = requests.prepared(name)
        with metering() as meter:
            act()
        return [meter.calls, meter.read, meter.written]

    def counted(name: str) -> list[float]:
        """The median of three: every third poll of a lone page reads parts that have become too old."""
        times = 3 if name.endswith("_later") else 1
        return sorted(counted_once(name) for _ in range(times))[times // 2]

    answering({"turn": turn, "counted": counted})


if __name__ == "__main__":
    main(sys.argv[1])
