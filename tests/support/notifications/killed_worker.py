"""A worker process of the kill test: sends whatever is due, four at a time, until it is killed.

Arguments: the endpoint of DynamoDB Local, the port of the receiver.
"""

import http.client
import json
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.notifiers.http_notifier import HttpNotifier
from certctl.connectors.notifiers.webhook import Webhook
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.delivery import DeliverySchedule, Timing
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome
from certctl.domain.retries import RetrySchedule
from tests.support.aws.dynamodb_local import open_database
from tests.support.notifications.engine import Engine

SENDS_AT_ONCE = 4
LEASE = timedelta(seconds=6)
_TIMING = Timing(LEASE, timedelta(seconds=2), timedelta(seconds=0.5), timedelta(seconds=1))
_IDLE_SECONDS = 0.05


def _no_client() -> Any:
    raise AssertionError("the webhook has no secret")


class _Receiver:
    def __init__(self, port: int) -> None:
        self._port = port
        self._http = OutboundHttp(AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"])))
        self._secrets = Secrets("test", _no_client, _no_client)

    def send(self, channel: ChannelConfig, message: Message, deadline_seconds: float) -> Outcome:
        here = {"url": f"http://127.0.0.1:{self._port}/hook"}
        config = ChannelConfig(channel.channel_id, ChannelKind.WEBHOOK, here)
        return HttpNotifier(Webhook(config, self._secrets), self._http).send(message, deadline_seconds)

    def bury(self, body: Mapping[str, Any]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        connection.request("POST", "/dead", json.dumps(body))
        connection.getresponse().read()
        connection.close()


def main(endpoint: str, port: int) -> None:
    engine = Engine(open_database(endpoint))
    # a row that an open channel gives back has no trail of the attempt that was lost before
    engine.breaker = BreakerPolicy(failures=1_000_000)
    receiver = _Receiver(port)
    engine.clock = lambda: datetime.now(UTC)  # type: ignore[assignment]  # the real one
    engine.provider.send = receiver.send  # type: ignore[method-assign]  # over the wire
    engine.dead_letter_queue.send = receiver.bury  # type: ignore[method-assign]  # over the wire
    engine.schedule = DeliverySchedule(RetrySchedule(5, 0.2, 1.0), timedelta(hours=72))
    engine.timing = _TIMING
    work_for_ever(engine)


def work_for_ever(engine: Engine) -> None:
    delivery = engine.delivery
    with ThreadPoolExecutor(SENDS_AT_ONCE) as pool:
        while True:
            now = datetime.now(UTC)
            due = chain.from_iterable(engine.store.nominated(shard, now) for shard in range(DUE_SHARDS))
            list(pool.map(lambda row: delivery.deliver(row.id), [row for row in due if row.status != "dead"]))
            time.sleep(_IDLE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
