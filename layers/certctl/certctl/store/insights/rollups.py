"""Rows that the requests of a few seconds share instead of reading everything again (ADR 82)."""

import base64
import binascii
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.times import from_millis, to_millis
from certctl.observability import logger
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.keys import ROLLUPS
from certctl.store.writes import put

_KEPT = timedelta(days=1)
_MOST = 300_000
"""Bytes of a row, which may have 400 kB; a larger one is not stored."""


@dataclass(frozen=True)
class Rollup:
    text: str
    at: datetime


class RollupStore:
    """The newest row of each name wins. A process that ends before its write leaves the row before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str) -> Rollup | None:
        """Returns None also for a row that has another form."""
        row = self._database.get(StateItem, ROLLUPS, name)
        if row is None or row.body is None or row.amount is None:
            return None
        text = _unpacked(row.body)
        return None if text is None else Rollup(text, from_millis(int(row.amount)))

    def keep(self, name: str, rollup: Rollup, clocks_differ: timedelta) -> None:
        """Does nothing if the row is newer, unless it is from further ahead than clocks differ."""
        body, at = _packed(rollup.text), to_millis(rollup.at)
        if len(body) > _MOST:
            return
        ends = int((rollup.at + _KEPT).timestamp())
        row = StateItem(ROLLUPS, name, body=body, amount=at, delete_after=ends)
        latest = to_millis(rollup.at + clocks_differ)
        is_older = StateItem.amount.does_not_exist() | (StateItem.amount <= at) | (StateItem.amount > latest)
        try:
            self._database.write(put(row, is_older))
        except ConditionFailed:
            return

    def find_read[R](self, name: str, of_text: Callable[[str], R]) -> R | None:
        """What the row says, read by `of_text`. Returns None also if it cannot be read: everything is read
        then."""
        try:
            row = self.find(name)
            return of_text(row.text) if row else None
        except (Unavailable, AwsRefusal, ValueError, KeyError, TypeError):
            logger.warning("a shared row cannot be read", extra={"row": name}, exc_info=True)
            return None

    def keep_if_possible(self, name: str, rollup: Rollup, clocks_differ: timedelta) -> None:
        """Does what `keep` does, where the answer does not depend on it: a failure is only logged."""
        try:
            self.keep(name, rollup, clocks_differ)
        except (Unavailable, AwsRefusal):
            logger.warning("a shared row cannot be stored", extra={"row": name}, exc_info=True)


def _packed(text: str) -> str:
    """A row of 1 kB instead of 8: each kB of a write is billed."""
    return base64.b64encode(zlib.compress(text.encode())).decode()


def _unpacked(body: str) -> str | None:
    try:
        return zlib.decompress(base64.b64decode(body, validate=True)).decode()
    except (binascii.Error, zlib.error, ValueError):
        return None
