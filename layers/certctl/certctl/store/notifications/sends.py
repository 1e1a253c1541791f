"""The number of sends of each channel, by outcome, since the beginning."""

from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import NOTIFICATION_SENDS
from certctl.store.writes import update


class NotificationSendStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, channel_id: str, outcome: str, amount: int) -> None:
        """A repeat after a lost response may count twice: a statistic, not a record."""
        row = StateItem(NOTIFICATION_SENDS, f"{channel_id}#{outcome}")
        # no condition: the first send of its kind makes the row
        self._database.write(update(row, [StateItem.amount.add(amount)]))
