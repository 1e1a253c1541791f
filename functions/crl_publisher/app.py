"""Publishes the CRLs of the issuing CAs: on nudges after revocations, every minute, and when invoked."""

import json
from collections.abc import Mapping
from typing import Any

from certctl.compose.crl_publisher import CrlPublisher
from certctl.domain.authorities.authorities import CrlShard
from certctl.domain.errors import InvalidInput, Unavailable
from certctl.domain.times import to_wire
from certctl.observability import logger, with_context
from certctl.services.status.crl_publishing import CrlRun

services = CrlPublisher()


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """SQS nudges, `{"action": "publish", "ca_id"?: ...}`, or the schedule, whose event is empty."""
    if "Records" in event:
        return _nudged(event["Records"])
    if event.get("action", "publish") != "publish":
        raise InvalidInput.of("action", "must be publish")
    publishing = services.publishing
    ca_id = event.get("ca_id")
    run = publishing.publish_due_of(ca_id) if ca_id else publishing.publish_due()
    services.ages.measure()
    return _answer(run)


def _nudged(records: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One run for the whole batch; nudges that could not be published are returned as failures."""
    run = services.publishing.publish_due()
    behind = {failure.ca_id for failure in run.failed}
    failed = [record["messageId"] for record in records if _ca_id(record) in behind]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _ca_id(record: Mapping[str, Any]) -> str | None:
    try:
        return str(json.loads(record["body"])["ca_id"])
    except (ValueError, KeyError, TypeError):
        logger.warning("a nudge that cannot be read", extra={"message_id": record["messageId"]})
        return None


def _answer(run: CrlRun) -> dict[str, Any]:
    """Raises Unavailable after publishing all that could be: a failure of the schedule raises an alarm."""
    if run.failed:
        raise Unavailable("; ".join(f"{f.ca_id}/{f.shard}: {f.reason}" for f in run.failed))
    return {"published": [_view(shard) for shard in run.published]}


def _view(shard: CrlShard) -> dict[str, Any]:
    return {
        "ca_id": shard.ca_id,
        "shard": shard.shard,
        "url": shard.url,
        "crl_number": shard.crl_number,
        "next_update": to_wire(shard.next_update) if shard.next_update else None,
    }
