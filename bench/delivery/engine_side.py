"""One process of notification_worker over DynamoDB Local: works off rows in batches of ten, as SQS passes
them, until all are sent, and prints its figures as JSON. Imports only what earlier commits have as well.

Arguments: endpoint, port of the receiver, rows.
"""

import heapq
import json
import os
import sys
import threading
import time
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_AT_ONCE, _WARM, _WAIT = 10, 20, 0.02

os.environ |= {
    "AWS_REGION": "eu-central-1",
    "POWERTOOLS_SERVICE_NAME": "notification_worker",
    "POWERTOOLS_METRICS_NAMESPACE": "certctl",
    "LOG_LEVEL": "CRITICAL",
    "CERTCTL_STACK": "bench",
    "CERTCTL_FUNCTION": "notification_worker",
}


class Nudged:
    """Messages of the queue, each due at its time. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: list[tuple[float, str]] = []

    def put(self, body: dict[str, Any], wait: float) -> None:
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + wait, json.dumps(body)))

    def take(self) -> list[str]:
        """The bodies that are due, ten at most; waits for the first."""
        while True:
            with self._lock:
                if not self._due:
                    return []
                wait = self._due[0][0] - time.monotonic()
                if wait <= 0:
                    return self._taken(time.monotonic())
            time.sleep(wait)

    def _taken(self, now: float) -> list[str]:
        taken: list[str] = []
        while self._due and self._due[0][0] <= now and len(taken) < _AT_ONCE:
            taken.append(heapq.heappop(self._due)[1])
        return taken


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class _Client:
    """SQS's client, of which sending is all that is used."""

    def __init__(self, nudged: Nudged) -> None:
        self._nudged = nudged

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:
        self._nudged.put(json.loads(MessageBody), min(DelaySeconds, _WAIT))


def _retries() -> Any:
    """The schedule's module is `due_work` in earlier commits."""
    name = "certctl.domain.retries" if find_spec("certctl.domain.retries") else "certctl.domain.due_work"
    return import_module(name).RetrySchedule(9, 0.01, 0.02)


def worker(endpoint: str, port: int, nudged: Nudged) -> Any:
    from certctl.compose.notification_worker import NotificationWorker
    from certctl.compose.rooms.base import Overrides
    from certctl.connectors.address_guard import AddressGuard, GuardPolicy
    from certctl.connectors.aws.queue import Queue
    from certctl.domain.channels.channels import ChannelConfig
    from certctl.domain.kinds import ChannelKind
    from certctl.domain.notifications.circuit_breaker import BreakerPolicy
    from certctl.domain.notifications.delivery import DeliverySchedule
    from certctl.store.channels.records import CachedChannels, ChannelRecordStore
    from certctl.store.notifications.notifications import NotificationStore
    from tests.support.aws.dynamodb_local import open_database

    database = open_database(endpoint)
    queue = Queue(_Client(nudged), "q")  # type: ignore[arg-type]
    made = NotificationWorker(Overrides(database=database, queue=lambda _: queue))
    channel = ChannelConfig("webhook-default", ChannelKind.WEBHOOK, {"url": f"http://127.0.0.1:{port}/hook"})
    deliveries = made.deliveries
    deliveries.routing.channels = CachedChannels([channel], ChannelRecordStore(database), made._base.now)
    deliveries.notifications.store = NotificationStore(database)
    deliveries.notifications.schedule = DeliverySchedule(_retries(), timedelta(hours=72))
    # a row that an open channel gives back waits for a probe
    deliveries.breaker_policy = BreakerPolicy(failures=1_000_000)
    deliveries.flood_limit = 1_000_000
    vars(deliveries.outbound)["address_guard"] = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]))
    return made


def work_off(made: Any, nudged: Nudged) -> None:
    """Works off what is due, as `functions/notification_worker` does."""
    from certctl.batches import Batch, time_left

    context, deliver = Context(), made.delivery.deliver
    while bodies := nudged.take():
        records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]

        def process(nudge: Any) -> None:
            deliver(nudge["id"], time_left(context))

        answer = Batch(process, made.queue.send_all, timedelta(seconds=45), _AT_ONCE).work_off(
            records, context
        )
        if answer != {"batchItemFailures": []}:
            raise SystemExit(f"records failed: {answer}")
        made.send_counts.flush()
        made.end_connections()


def main(endpoint: str, port: int, rows: int) -> None:
    from certctl.compose.rooms.base import utc_now
    from certctl.store.notifications.notifications import NotificationStore
    from tests.support.aws.dynamodb_local import open_database
    from tests.support.notifications.rows import a_notification

    nudged = Nudged()
    made = worker(endpoint, port, nudged)
    store = NotificationStore(database := open_database(endpoint))

    def queue(count: int) -> list[str]:
        made_rows = [a_notification(utc_now()) for _ in range(count)]
        database.put_all([store.create_step(row) for row in made_rows])
        return [row.id for row in made_rows]

    for row_id in queue(_WARM):
        nudged.put({"id": row_id, "epoch": 1}, 0)
    work_off(made, nudged)
    ids = queue(rows)
    for row_id in ids:
        nudged.put({"id": row_id, "epoch": 1}, 0)
    started, cpu = time.monotonic(), time.process_time()
    work_off(made, nudged)
    cpu, seconds = time.process_time() - cpu, time.monotonic() - started
    unsent = [row.id for row in store.get_many(ids[:100]) if row.status.value != "sent"]
    if unsent:
        raise SystemExit(f"not sent: {unsent}")
    print(json.dumps({"cpu_ms": cpu / rows * 1000, "wall_ms": seconds / rows * 1000}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
