"""Locks that expire: at most one holder at a time, none for ever."""

from datetime import datetime, timedelta

from certctl.domain.times import to_millis
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.keys import LOCK
from certctl.store.writes import delete, put

_KEPT = timedelta(days=1)


class LockStore:
    """`owner` is a new token of the holder, so that a repeat after a lost response succeeds again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, owner: str, now: datetime, until: datetime) -> bool:
        """Whether the lock is ours until `until`."""
        item = StateItem(
            LOCK,
            name,
            owner=owner,
            amount=to_millis(until),
            delete_after=int((until + _KEPT).timestamp()),
        )
        free = StateItem.id.does_not_exist() | (StateItem.amount <= to_millis(now))
        try:
            self._database.write(put(item, free | (StateItem.owner == owner)))
        except ConditionFailed:
            return False
        return True

    def release(self, name: str, owner: str) -> None:
        try:
            self._database.write(delete(StateItem(LOCK, name), StateItem.owner == owner))
        except ConditionFailed:
            return
