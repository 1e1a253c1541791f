"""Nudges to publish a CRL, as SQS delivers them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from certctl.domain.status.nudges import CrlNudge
from certctl.domain.times import from_wire
from certctl.observability import logger


def nudge_of(record: Mapping[str, Any], now: datetime) -> CrlNudge | None:
    """None if it cannot be read."""
    try:
        body = json.loads(record["body"])
        return CrlNudge(str(body["ca_id"]), str(body["shard"]), _since(record, body, now))
    except (ValueError, KeyError, TypeError):
        logger.warning("a nudge that cannot be read", extra={"message_id": record["messageId"]})
        return None


def _since(record: Mapping[str, Any], body: Mapping[str, Any], now: datetime) -> datetime:
    """One that is sent again says since when it waits; the first one was sent right after the change."""
    if "since" in body:
        return from_wire(body["since"])
    sent = record.get("attributes", {}).get("SentTimestamp")
    return datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else now
