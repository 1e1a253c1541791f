"""The due index of the inventory, read in pages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from certctl.store.database import Database
from certctl.store.inventory.items import ObservedItem

_PAGE = 100


def due_pages(database: Database, by_due: Any, shard: int, now: datetime) -> Iterator[list[str]]:
    """The `item_id`s of what is due in a shard, in pages of 100, the longest due first."""
    start = None
    while True:
        page = database.query(by_due, shard, ObservedItem.due_at <= now, limit=_PAGE, start=start)
        if page.items:
            yield [item.item_id for item in page.items]
        if page.last_key is None:
            return
        start = page.last_key
