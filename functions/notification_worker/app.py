"""Sends the notifications of nudges, one attempt each. The rows hold the truth; a lost nudge costs time
only."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from certctl.batches import Batch, Body, Context, time_left
from certctl.compose.notification_worker import NotificationWorker
from certctl.observability import with_context

_AT_ONCE = 10
_NEEDS = timedelta(seconds=45)
"""The time that an attempt needs of the function's 60 s: 41 s at worst (`Timing.work`)."""

services = NotificationWorker()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """SQS records of `{"id": ..., "epoch": ...}`; failed ones are returned. No record is at work
    afterwards. Invoked by notifications_api with `{"test_channel": <id>}`, it sends a test and returns its
    outcome."""
    try:
        if "Records" not in event:
            return services.channel_trial.run(event)
        return _delivered_all(event["Records"], context)
    finally:
        services.end_connections()


def _delivered_all(records: Sequence[Mapping[str, Any]], context: Context) -> dict[str, Any]:
    deliver = services.delivery.deliver  # made once, before threads share it

    def process(nudge: Body) -> None:
        deliver(nudge["id"], time_left(context))

    try:
        return Batch(process, services.queue.send_all, _NEEDS, _AT_ONCE).work_off(records, context)
    finally:
        services.send_counts.flush()
