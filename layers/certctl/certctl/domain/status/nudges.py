"""Nudges to publish a CRL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from certctl.domain.times import from_wire


@dataclass(frozen=True)
class CrlNudge:
    """`since`: a change waits for the next CRL of that shard since then."""

    ca_id: str
    shard: str
    since: datetime

    @property
    def place(self) -> tuple[str, str]:
        return self.ca_id, self.shard


def nudge_of(body: Mapping[str, Any], sent_ms: str | None, now: datetime) -> CrlNudge:
    """`sent_ms`: when SQS took the message, in milliseconds, right after the change. A nudge that is sent
    again says itself since when its change waits. Raises KeyError, TypeError, ValueError."""
    sent = datetime.fromtimestamp(int(sent_ms) / 1000, UTC) if sent_ms else now
    since = from_wire(body["since"]) if "since" in body else sent
    return CrlNudge(str(body["ca_id"]), str(body["shard"]), since)
