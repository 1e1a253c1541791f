"""How many tests of a channel were begun in a minute: what is sent for them, and who is paged, is bounded."""

from datetime import datetime, timedelta

from certctl.store.database import ConditionFailed, Database
from certctl.store.items_shared import StateItem
from certctl.store.keys import CHANNEL_TESTS
from certctl.store.steps import update

_KEPT = timedelta(minutes=10)


class ChannelTestStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, channel_id: str, limit: int, now: datetime) -> bool:
        """Whether one more may begin in this minute. It is counted before it is sent, so that a crash sends
        none too many, and by one write, so that of any number at once no more than `limit` do."""
        row = StateItem(CHANNEL_TESTS, f"{channel_id}#{now:%Y-%m-%dT%H:%M}")
        actions = [StateItem.amount.add(1), StateItem.delete_after.set(int((now + _KEPT).timestamp()))]
        # the condition lets the first one make the row
        below = StateItem.amount.does_not_exist() | (StateItem.amount < limit)
        try:
            self._database.write(update(row, actions, below))
        except ConditionFailed:
            return False
        return True
