"""The indexes by which notifications are listed, as stages for `paging`. Ids sort by time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from certctl.domain.ids import DUE_SHARDS, lowest_id, time_of
from certctl.domain.notifications.notifications import Notification
from certctl.domain.times import from_millis, month_of, to_millis
from certctl.store.database import Database
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.paging import (
    Chunk,
    IndexRange,
    Row,
    Stage,
    bad_cursor,
    load,
    months,
    months_back,
    months_since,
)

_ID = "notification_id"
_FOLDED_WITHIN = timedelta(days=1)
"""Usually minutes; longer after an outage of the workers."""


class NotificationIndexes:
    """The indexes of notifications by the time of creation. Every method but `load` only describes what to
    read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notifications = NotificationStore(database)

    def load(self, ids: Sequence[str]) -> dict[str, Notification]:
        return {row.id: row for row in load(ids, self._notifications.get_many)}

    def by_creation(
        self, now: datetime, *, newest_first: bool = True, since: datetime | None = None
    ) -> list[Stage]:
        """Notifications created at `since` or later, all if it is None. Nothing older is read."""
        span = months_back(now) if newest_first else months_since(now)
        if since is None:
            return [self._stage(NotificationItem.by_month, m, m, newest_first=newest_first) for m in span]
        lowest, first = lowest_id("notif", since), month_of(since)
        return [
            self._stage(NotificationItem.by_month, m, m, newest_first=newest_first, lowest=lowest)
            for m in span
            if m >= first
        ]

    def of_fold(self, fold_id: str, *, newest_first: bool = True) -> list[Stage]:
        """What may have been folded into it: created up to a day before. Raises ValueError for other ids."""
        moment = time_of(fold_id)
        earliest = moment - _FOLDED_WITHIN
        span = list(months(month_of(earliest), month_of(moment)))
        lowest, index = lowest_id("notif", earliest), NotificationItem.by_month
        return [
            self._stage(index, month, month, newest_first=newest_first, lowest=lowest, highest=fold_id)
            for month in (span[::-1] if newest_first else span)
        ]

    def of_certificate(self, certificate_id: str, *, newest_first: bool = True) -> list[Stage]:
        return [
            self._stage(
                NotificationItem.by_certificate, certificate_id, "certificate", newest_first=newest_first
            )
        ]

    def dead(self) -> list[Stage]:
        """Dead notifications by the time of death."""
        return [self._sharded(NotificationItem.by_dead, NotificationItem.dead_at, "dead")]

    def due(self) -> list[Stage]:
        """Pending and failed ones (and dead ones whose message is not sent yet), by their due time."""
        return [self._sharded(NotificationItem.by_due, NotificationItem.due_at, "due")]

    def _stage(self, index: Any, partition: str, name: str, **bounds: Any) -> Stage:
        """`bounds` as of IndexRange."""
        place = IndexRange(index, partition, NotificationItem.notification_id, _ID, **bounds)
        return Stage(name, (partial(place.read, self._database),))

    def _sharded(self, index: Any, sort_key: Any, name: str) -> Stage:
        reads = (partial(self._read_shard, index, sort_key, shard) for shard in range(DUE_SHARDS))
        return Stage(name, tuple(reads))

    def _read_shard(self, index: Any, sort_key: Any, shard: int, after: str, limit: int) -> Chunk:
        """Rows of one millisecond are unordered: a page ends only where the next one begins."""
        rows: list[Row] = []
        condition = sort_key <= _moment(after) if after else None
        start = None
        while True:
            page = self._database.query(
                index, shard, condition, limit=limit + 1, start=start, newest_first=True
            )
            found = [Row(item.notification_id, _place(item, sort_key)) for item in page.items]
            rows += [row for row in found if not after or row.sort_key < after]
            start = page.last_key
            if start is None or (len(rows) > limit and _millis(rows[-1]) != _millis(rows[limit - 1])):
                rows.sort(key=lambda row: row.sort_key, reverse=True)
                return Chunk(rows[:limit], len(rows) > limit or start is not None)


def _place(item: NotificationItem, sort_key: Any) -> str:
    moment: datetime = getattr(item, sort_key.attr_name)
    return f"{to_millis(moment):015}#{item.notification_id}"


def _millis(row: Row) -> str:
    return row.sort_key.partition("#")[0]


def _moment(place: str) -> datetime:
    """Raises InvalidInput for a position that this list does not have."""
    millis = place.partition("#")[0]
    if not (millis.isdigit() and len(millis) == 15):
        raise bad_cursor()
    try:
        return from_millis(int(millis))
    except (ValueError, OverflowError, OSError):
        raise bad_cursor() from None
