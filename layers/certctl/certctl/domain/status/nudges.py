"""Nudges to publish a CRL."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CrlNudge:
    """`since`: a change waits for the next CRL of that shard since then."""

    ca_id: str
    shard: str
    since: datetime
