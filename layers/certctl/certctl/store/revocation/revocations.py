"""Revocation rows: the source of CRLs and OCSP responses. One partition is one CRL shard."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.issuing.external import RevocationState
from certctl.domain.revocation.revocations import HOLD, Mark, Revocation
from certctl.domain.times import from_wire
from certctl.store.database import Database
from certctl.store.keys import ca_shard
from certctl.store.mapping import to_item, to_record
from certctl.store.revocation.items import RevocationItem
from certctl.store.writes import Write, delete, put, update

MARKS_AT_ONCE = 2_000
"""About what fits into the 1 MB of one response."""


@dataclass(frozen=True)
class RevocationPage:
    """Revocations in order of serial, and the serial to start the next page after, None at the end."""

    revocations: list[Revocation]
    next_start: str | None


class RevocationStore:
    """Every read is consistent: a CRL signed after the 200 of a revocation must not miss it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_step(self, revocation: Revocation) -> Write:
        """Refused with ChangedMeanwhile if the serial is already revoked or on hold."""
        return put(_item(revocation), RevocationItem.serial.does_not_exist(), _changed(revocation))

    def replace_step(self, revocation: Revocation, previous: Revocation) -> Write:
        """Refused with ChangedMeanwhile if the row no longer holds the reason of `previous`."""
        return put(_item(revocation), RevocationItem.reason == previous.reason, _changed(revocation))

    def settle_step(self, revocation: Revocation, state: RevocationState) -> Write:
        """The external issuer's result. Refused with ChangedMeanwhile if the reason changed."""
        key = RevocationItem(*_key(revocation.ca_id, revocation.crl_shard, revocation.serial_number))
        settled = [RevocationItem.issuer_revocation.set(state)]
        return update(key, settled, RevocationItem.reason == revocation.reason, _changed(revocation))

    def remove_step(self, revocation: Revocation) -> Write:
        """Ends a hold. Refused with ChangedMeanwhile if the row is not a hold (any more)."""
        key = RevocationItem(*_key(revocation.ca_id, revocation.crl_shard, revocation.serial_number))
        return delete(key, RevocationItem.reason == HOLD, _changed(revocation))

    def find(self, ca_id: str, shard: int | str, serial: str) -> Revocation | None:
        item = self._database.get(RevocationItem, *_key(ca_id, shard, serial), consistent=True)
        return _record(item) if item else None

    def find_many(self, places: Iterable[tuple[str, int | str, str]]) -> dict[str, Revocation]:
        """By serial, for each `(ca_id, shard, serial)` that is revoked. 100 of them are one round trip."""
        keys = [_key(*place) for place in places]
        items = self._database.batch_get(RevocationItem, keys, consistent=True)
        return {item.serial: _record(item) for item in items}

    def marks_of(self, ca_id: str, shard: int | str, at_once: int = MARKS_AT_ONCE) -> Iterator[Mark]:
        """All of a shard, those of expired certificates included, in order of serial; at most `at_once` of
        them are in memory. An unreadable row raises KeyError or ValueError: a CRL without it would be wrong.
        """
        rows = self._database.raw_query(
            RevocationItem,
            KeyConditionExpression="ca_shard = :shard",
            ExpressionAttributeValues={":shard": {"S": ca_shard(ca_id, shard)}},
            ProjectionExpression="serial, revoked_at, reason, not_after, invalidity_date",
            ConsistentRead=True,
            Limit=at_once,
        )
        return map(_mark, rows)

    def page_of(self, ca_id: str, shard: int | str, limit: int, start: str | None = None) -> RevocationPage:
        """At most `limit`, from after the serial `start`."""
        partition = ca_shard(ca_id, shard)
        condition = RevocationItem.serial > start if start else None
        page = self._database.query(RevocationItem, partition, condition, limit=limit, consistent=True)
        last = page.last_key["serial"]["S"] if page.last_key else None
        return RevocationPage([_record(item) for item in page.items], last)


def _key(ca_id: str, shard: int | str, serial: str) -> tuple[str, str]:
    return ca_shard(ca_id, shard), serial


def _item(revocation: Revocation) -> RevocationItem:
    partition, serial = _key(revocation.ca_id, revocation.crl_shard, revocation.serial_number)
    ends = int(revocation.kept_until.timestamp())
    return to_item(RevocationItem, revocation, ca_shard=partition, serial=serial, delete_after=ends)


def _record(item: RevocationItem) -> Revocation:
    return to_record(Revocation, item)


def _mark(row: dict[str, Any]) -> Mark:
    return Mark(
        row["serial"]["S"],
        from_wire(row["revoked_at"]["S"]),
        row["reason"]["S"],
        from_wire(row["not_after"]["S"]),
        _optional_time(row.get("invalidity_date")),
    )


def _optional_time(value: dict[str, str] | None) -> datetime | None:
    return from_wire(value["S"]) if value else None


def _changed(revocation: Revocation) -> ChangedMeanwhile:
    return ChangedMeanwhile(f"The revocation of {revocation.serial_number} changed concurrently. Read again.")
