"""Revocation rows of earlier releases, which have no end, and how far the search for them has come."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.revocation.revocations import kept_until
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.keys import REVOCATION_ENDS, ca_shard
from certctl.store.revocation.items import RevocationItem
from certctl.store.revocation.revocations import is_revocation
from certctl.store.writes import put, update

_AFTER_ALL = "~"


@dataclass(frozen=True)
class EndlessRow:
    serial: str
    kept_until: datetime


@dataclass(frozen=True)
class EndlessPage:
    """`next_start`: the serial to continue after, None at the end."""

    rows: list[EndlessRow]
    next_start: str | None


class RevocationEndStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def reached(self, ca_id: str, shard: str) -> str | None:
        """The serial to continue after, "" before the first run; None once the whole shard was seen."""
        item = self._database.get(StateItem, REVOCATION_ENDS, ca_shard(ca_id, shard), consistent=True)
        reached = (item.body or "") if item else ""
        return None if reached == _AFTER_ALL else reached

    def keep(self, ca_id: str, shard: str, reached: str | None) -> None:
        """The next run continues there."""
        body = _AFTER_ALL if reached is None else reached
        self._database.write(put(StateItem(REVOCATION_ENDS, ca_shard(ca_id, shard), body=body)))

    def page(self, ca_id: str, shard: str, start: str, limit: int) -> EndlessPage:
        """The revocations without an end among the next `limit` rows after the serial `start`."""
        condition = RevocationItem.serial > start if start else None
        page = self._database.query(RevocationItem, ca_shard(ca_id, shard), condition, limit=limit)
        last = page.last_key["serial"]["S"] if page.last_key else None
        return EndlessPage([_endless(item) for item in page.items if _is_endless(item)], last)

    def end(self, ca_id: str, shard: str, row: EndlessRow) -> None:
        """Does nothing if a hold ended concurrently and its row is gone."""
        key = RevocationItem(ca_shard(ca_id, shard), row.serial)
        ends = RevocationItem.delete_after.set(int(row.kept_until.timestamp()))
        with suppress(ConditionFailed):
            self._database.write(update(key, [ends], RevocationItem.serial.exists()))


def _is_endless(item: RevocationItem) -> bool:
    return is_revocation(item) and item.delete_after is None


def _endless(item: RevocationItem) -> EndlessRow:
    return EndlessRow(item.serial, kept_until(item.certificate_id, item.not_after))
