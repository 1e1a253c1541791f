"""Revocation rows: the source of CRLs and OCSP responses. One partition is one CRL shard.

A row of a receipt alone, without `revoked_at`, is not a revocation: status_watch, which may write receipts
and no more, could make one. It is ignored, and counted for an alarm.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action

from certctl.domain.certificates.versions import Version
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.issuing.external_cas import RevocationState
from certctl.domain.revocation.reasons import HOLD
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.revocations import Mark, MarkTexts, Revocation
from certctl.domain.times import from_wire, from_wire_or_none
from certctl.observability import logger, needs_person
from certctl.store.database import Database
from certctl.store.keys import ca_shard
from certctl.store.mapping import to_item, to_record
from certctl.store.revocation.items import RevocationItem
from certctl.store.writes import Write, delete, put, update

_KEPT = frozenset({"ca_shard", "serial", *(field.name for field in fields(Receipt))})

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
        return put(_item(revocation), RevocationItem.revoked_at.does_not_exist(), _changed(revocation))

    def replace_step(self, revocation: Revocation, previous: Revocation) -> Write:
        """All but the receipt: the first CRL that lists the serial stays the first. Refused with
        ChangedMeanwhile if the row no longer holds the reason of `previous`."""
        item, as_seen = _item(revocation), RevocationItem.reason == previous.reason
        key = RevocationItem(item.ca_shard, item.serial)
        return update(key, _content(item), as_seen, _changed(revocation))

    def ask_again_step(self, revocation: Revocation, reason: str) -> Write:
        """Has the external issuer asked with another reason. Refused with ChangedMeanwhile if the revocation
        changed or is settled."""
        as_seen = RevocationItem.reason == revocation.reason
        as_seen &= RevocationItem.issuer_revocation == RevocationState.PENDING
        asked = [RevocationItem.issuer_reason.set(reason)]
        return update(_item_at(revocation), asked, as_seen, _changed(revocation))

    def settle_step(
        self, revocation: Revocation, state: RevocationState, reason: str | None, now: datetime
    ) -> Write:
        """The external issuer's result, and the reason that it was asked with, None if it had revoked the
        certificate before. Refused with ChangedMeanwhile if the reason changed."""
        known = RevocationItem.issuer_reason
        settled = [
            RevocationItem.issuer_revocation.set(state),
            RevocationItem.issuer_settled_at.set(now.replace(microsecond=0)),
            known.remove() if reason is None else known.set(reason),
        ]
        as_seen = RevocationItem.reason == revocation.reason
        return update(_item_at(revocation), settled, as_seen, _changed(revocation))

    def restart_step(self, revocation: Revocation) -> Write:
        """Has an external issuer asked again from the beginning. Refused with ChangedMeanwhile unless the
        revocation has failed there."""
        asked = [
            RevocationItem.issuer_revocation.set(RevocationState.PENDING),
            RevocationItem.issuer_reason.remove(),
            RevocationItem.issuer_settled_at.remove(),
        ]
        has_failed = RevocationItem.issuer_revocation == RevocationState.FAILED
        as_seen = has_failed & (RevocationItem.reason == revocation.reason)
        return update(_item_at(revocation), asked, as_seen, _changed(revocation))

    def remove_step(self, revocation: Revocation) -> Write:
        """Ends a hold. Refused with ChangedMeanwhile if the row is not a hold (any more)."""
        return delete(_item_at(revocation), RevocationItem.reason == HOLD, _changed(revocation))

    def find(self, ca_id: str, shard: int | str, serial: str) -> Revocation | None:
        item = self._database.get(RevocationItem, *_key(ca_id, shard, serial), consistent=True)
        return _record(item) if item and is_revocation(item) else None

    def find_many(self, places: Iterable[tuple[str, int | str, str]]) -> dict[str, Revocation]:
        """The revocations by serial, for each `(ca_id, shard, serial)` that is revoked. 100 of them are one
        round trip."""
        keys = [_key(*place) for place in places]
        items = self._database.batch_get(RevocationItem, keys, consistent=True)
        return {item.serial: _record(item) for item in items if is_revocation(item)}

    def of_versions(self, versions: Iterable[Version]) -> dict[str, Revocation]:
        """Revoked and held ones, by serial."""
        return self.find_many((v.ca_id, v.crl_shard, v.serial_number) for v in versions)

    def find_all(self, places: Iterable[tuple[str, int | str, str]]) -> list[Revocation]:
        """The revocations at `places` of any CAs, in a list: two CAs may have equal serials."""
        items = self._database.batch_get(RevocationItem, [_key(*place) for place in places], consistent=True)
        return [_record(item) for item in items if is_revocation(item)]

    def marks_of(self, ca_id: str, shard: int | str, at_once: int = MARKS_AT_ONCE) -> Iterator[Mark]:
        """All of a shard, those of expired certificates included, in order of serial; at most `at_once` of
        them are in memory. An unreadable row raises KeyError or ValueError: a CRL without it would be wrong.
        """
        pages = self.mark_texts_of(ca_id, shard, at_once)
        return (_mark(texts) for page in pages for texts in page)

    def mark_texts_of(
        self, ca_id: str, shard: int | str, at_once: int = MARKS_AT_ONCE
    ) -> Iterator[list[MarkTexts]]:
        """Yields the texts of each page of `marks_of`. Raises KeyError for a row without one; what the texts
        say is checked by who reads them."""
        for page in self._mark_rows(ca_id, shard, at_once):
            # written out: a call for each of them would take as long as their entries
            yield [
                (
                    row["serial"]["S"],
                    row["revoked_at"]["S"],
                    row["reason"]["S"],
                    row["not_after"]["S"],
                    row["invalidity_date"]["S"] if "invalidity_date" in row else None,
                )
                for row in page
            ]

    def _mark_rows(self, ca_id: str, shard: int | str, at_once: int) -> Iterator[list[dict[str, Any]]]:
        partition = ca_shard(ca_id, shard)
        pages = self._database.raw_pages(
            RevocationItem,
            KeyConditionExpression="ca_shard = :shard",
            ExpressionAttributeValues={":shard": {"S": partition}},
            ProjectionExpression="serial, revoked_at, reason, not_after, invalidity_date",
            ConsistentRead=True,
            Limit=at_once,
        )
        for page in pages:
            yield [row for row in page if "revoked_at" in row or _is_whole(partition, row.get("reason"))]

    def page_of(self, ca_id: str, shard: int | str, limit: int, start: str | None = None) -> RevocationPage:
        """A page of at most `limit` revocations, from after the serial `start`."""
        partition = ca_shard(ca_id, shard)
        condition = RevocationItem.serial > start if start else None
        page = self._database.query(RevocationItem, partition, condition, limit=limit, consistent=True)
        last = page.last_key["serial"]["S"] if page.last_key else None
        found = filter(is_revocation, page.items)
        return RevocationPage([_record(item) for item in found], last)


def is_revocation(item: RevocationItem) -> bool:
    return _is_whole(item.ca_shard, item.revoked_at, item.reason)


def _is_whole(partition: str, *values: object) -> bool:
    """Whether a row says that something is revoked; one of which only a part is missing is broken, which its
    reader finds."""
    is_revocation = any(value is not None for value in values)
    if not is_revocation:
        logger.error("a row of a receipt alone is ignored", extra={"ca_shard": partition})
        needs_person("a row among the revocations is ignored")
    return is_revocation


def _key(ca_id: str, shard: int | str, serial: str) -> tuple[str, str]:
    return ca_shard(ca_id, shard), serial


def _item_at(revocation: Revocation) -> RevocationItem:
    """The key of its row."""
    return RevocationItem(*_key(revocation.ca_id, revocation.crl_shard, revocation.serial_number))


def _item(revocation: Revocation) -> RevocationItem:
    partition, serial = _key(revocation.ca_id, revocation.crl_shard, revocation.serial_number)
    ends, receipt = int(revocation.kept_until.timestamp()), revocation.receipt
    return to_item(
        RevocationItem,
        revocation,
        ca_shard=partition,
        serial=serial,
        delete_after=ends,
        due_at=receipt.due_at,
        ocsp_sampled_out=receipt.ocsp_sampled_out or None,
    )


def _content(item: RevocationItem) -> list[Action]:
    """Sets or removes each attribute but the keys and the receipt."""
    actions: list[Action] = []
    for name, attribute in RevocationItem.get_attributes().items():
        if name not in _KEPT:
            value = getattr(item, name)
            actions.append(attribute.remove() if value is None else attribute.set(value))
    return actions


def _record(item: RevocationItem) -> Revocation:
    return to_record(Revocation, item, receipt=to_record(Receipt, item))


def _mark(texts: MarkTexts) -> Mark:
    serial, revoked_at, reason, not_after, since = texts
    return Mark(serial, from_wire(revoked_at), reason, from_wire(not_after), from_wire_or_none(since))


def _changed(revocation: Revocation) -> ChangedMeanwhile:
    return ChangedMeanwhile(f"The revocation of {revocation.serial_number} changed concurrently. Read again.")
