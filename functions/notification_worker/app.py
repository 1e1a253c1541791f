"""Sends the notifications of nudges, one attempt each. The rows hold the truth; a lost nudge costs time
only."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from certctl.compose.notification_worker import NotificationWorker
from certctl.observability import logger, with_context

_AT_ONCE = 10

services = NotificationWorker()


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """SQS records of `{"id": ..., "epoch": ...}`; failed ones are returned. All threads end first. Invoked by
    notifications_api with `{"test_channel": <id>}`, it sends a test and returns its outcome."""
    try:
        if "Records" not in event:
            return services.channel_trial.run(event)
        return _delivered_all(event["Records"])
    finally:
        services.end_connections()


def _delivered_all(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    deliver = partial(_delivered, services.delivery.deliver)  # made once, before threads share it
    try:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="send") as pool:
            results = list(pool.map(deliver, records))
    finally:
        services.send_counts.flush()
    failed = [record["messageId"] for record, done in zip(records, results, strict=True) if not done]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _delivered(deliver: Callable[[str], None], record: Mapping[str, Any]) -> bool:
    """One record's failure never stops the others."""
    try:
        deliver(json.loads(record["body"])["id"])
    except Exception as error:
        logger.error("a delivery's attempt failed", exc_info=error, extra={"nudge": record["body"]})
        return False
    return True
