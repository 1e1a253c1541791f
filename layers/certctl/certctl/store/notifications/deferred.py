"""Notifications that the transaction of their change has no room for: stored in it as a few rows of State,
written as rows of their own by the next sweep.

The row is part of the transaction that writes what it holds, so each notification is written exactly once,
after any crash; and no nudge is sent before it exists.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from certctl.domain.errors import Conflict
from certctl.domain.ids import new_ulid
from certctl.observability import logger
from certctl.store.database import Database, table_name
from certctl.store.items import StateItem
from certctl.store.notifications.items import NotificationItem
from certctl.store.writes import MAX_ACTIONS, Write, delete, put

KIND = "deferred-alerts"
_ROWS, _BYTES = MAX_ACTIONS - 1, 250_000
"""Per State row: the transaction that empties it also deletes it, and an item has 400 KB at most."""
_PAGE = 20


class DeferredAlerts:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def defer_steps(self, creations: Sequence[Write]) -> list[Write]:
        """Replaces these steps, which all create notifications, by one for about a hundred of them."""
        items = [json.dumps(step.request["Item"]) for step in creations]
        return [
            put(StateItem(KIND, new_ulid(self._now()), body=f"[{','.join(part)}]")) for part in _parts(items)
        ]

    def write(self, has_time: Callable[[], bool]) -> int:
        """Writes deferred notifications, oldest first, while `has_time`; returns how many. One at a time over
        the whole stack: the sweep holds its lock. Raises Unavailable."""
        rows = takewhile(lambda _: has_time(), self._rows())
        return sum(map(self._write, rows))

    def _rows(self) -> Iterator[StateItem]:
        start = None
        while True:
            page = self._database.query(StateItem, KIND, limit=_PAGE, start=start, consistent=True)
            yield from page.items
            start = page.last_key
            if start is None:
                return

    def _write(self, row: StateItem) -> int:
        items = json.loads(row.body or "[]")
        own = delete(StateItem(KIND, row.id), StateItem.kind.exists())
        try:
            self._database.transact([own, *map(_creation, items)])
        except Conflict:
            logger.exception("deferred notifications already exist", extra={"id": row.id})
            return 0
        return len(items)


def _parts(items: Sequence[str]) -> Iterator[list[str]]:
    part, size = list[str](), 0
    for item in items:
        length = len(item.encode())
        if part and (len(part) == _ROWS or size + length > _BYTES):
            yield part
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield part


def _creation(item: dict[str, Any]) -> Write:
    """The table name of this stack, which may have been restored from another one's backup."""
    request = {
        "TableName": table_name(NotificationItem),
        "Item": item,
        "ConditionExpression": "attribute_not_exists(notification_id)",
    }
    return Write("Put", request)
