"""Seals of the audit trail: the content of a signed head, and which events a seal covers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.errors import Conflict
from certctl.domain.ids import lowest_id, time_of
from certctl.domain.times import from_wire, to_wire

VERSION = 1
EVENT_PREFIX = "aud"
API_CALL_CLASS, DOMAIN_EVENT_CLASS = "c", "e"
ENTRIES_AT_MOST = 20_000
KEY_OBJECT = "key.pem"
# Between the time in an event's id and the time at which every transaction that wrote it has ended.
SETTLING = timedelta(seconds=60)
NEAR_LOOKBACK = timedelta(minutes=20)
FAR_LOOKBACK = timedelta(hours=24)
LATE_AFTER = timedelta(minutes=15)
LONGEST_SLICE = timedelta(days=1)

Entry = tuple[str, str, str]
"""Event id, SHA-256 of the stored bytes in hex, class."""


class SealBroken(Conflict):
    """A seal in the bucket differs from what a sealer of this stack would have written. Sealing stops."""


@dataclass(frozen=True)
class SealHead:
    """A signed head. `cutoff`: events whose id has an earlier time are in this seal or an earlier one.
    `count` is the number of entries in this manifest, `total` in all manifests so far. Digests are hex;
    `previous` is empty in the first seal. `late`: ids of events that appeared over 15 minutes after their
    time. `retention_days` by class."""

    stack: str
    seq: int
    sealed_at: datetime
    cutoff: datetime
    count: int
    total: int
    root: str
    manifest_sha256: str
    previous: str
    key_sha256: str
    late: tuple[str, ...]
    retention_days: Mapping[str, int]

    def as_record(self) -> dict[str, Any]:
        """The fields whose RFC 8785 form is signed."""
        return {
            "version": VERSION,
            "stack": self.stack,
            "seq": self.seq,
            "sealed_at": to_wire(self.sealed_at),
            "cutoff": to_wire(self.cutoff),
            "count": self.count,
            "total": self.total,
            "root": self.root,
            "manifest_sha256": self.manifest_sha256,
            "previous": self.previous,
            "key_sha256": self.key_sha256,
            "late": list(self.late),
            "retention_days": dict(self.retention_days),
        }


@dataclass(frozen=True)
class SignedHead:
    """`signature` is base64 of DER."""

    head: SealHead
    signature: str

    def as_record(self) -> dict[str, Any]:
        return {"head": self.head.as_record(), "signature": self.signature}


@dataclass(frozen=True)
class Seal:
    """A seal with its manifest, whose entries are in the order of their ids."""

    signed: SignedHead
    manifest: tuple[Entry, ...]

    @property
    def head(self) -> SealHead:
        return self.signed.head


def head_of_record(record: Mapping[str, Any]) -> SealHead:
    """Raises KeyError, TypeError or ValueError for anything but a head."""
    if record["version"] != VERSION:
        raise ValueError(f"a head of version {record['version']}")
    return SealHead(
        stack=record["stack"],
        seq=int(record["seq"]),
        sealed_at=from_wire(record["sealed_at"]),
        cutoff=from_wire(record["cutoff"]),
        count=int(record["count"]),
        total=int(record["total"]),
        root=record["root"],
        manifest_sha256=record["manifest_sha256"],
        previous=record["previous"],
        key_sha256=record["key_sha256"],
        late=tuple(record["late"]),
        retention_days=dict(record["retention_days"]),
    )


def seal_object(seq: int) -> str:
    return f"seals/{seq:010}.json"


def bound(moment: datetime) -> str:
    """The id that separates: events before `moment` sort below it, later ones above."""
    return lowest_id(EVENT_PREFIX, moment)


def newest_cutoff(now: datetime) -> datetime:
    return _whole_second(now - SETTLING)


def cutoff_below(event_id: str, after: datetime) -> datetime:
    """The latest cutoff that excludes this event and all later ones, but always after `after`: otherwise a
    second with more events than a seal holds would never end."""
    return max(_whole_second(time_of(event_id)), after + timedelta(seconds=1))


def is_late(event_id: str, previous: SealHead) -> bool:
    """Whether the previous seal should have had this event: it was not visible yet when that seal was
    made."""
    return time_of(event_id) < previous.sealed_at - LATE_AFTER


def far_range(before: datetime, after: datetime) -> tuple[datetime, datetime]:
    """The hours that became 24 hours old between two cutoffs. Each hour is scanned once more by the seal that
    passes it. Empty if both cutoffs are in one hour."""
    return _whole_hour(before) - FAR_LOOKBACK, _whole_hour(after) - FAR_LOOKBACK


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _whole_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
