"""The number of sends of each channel, by outcome, since the beginning."""

from functools import cached_property

from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import NOTIFICATION_SENDS
from certctl.store.prepared import PreparedUpdate, Raw
from certctl.store.writes import Write, update

_ANY_AMOUNT = 1_000_001


class NotificationSendStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, channel_id: str, outcome: str, amount: int) -> None:
        """A repeat after a lost response may count twice: a statistic, not a record."""
        self._database.write(self._step(channel_id, outcome, amount))

    def _step(self, channel_id: str, outcome: str, amount: int) -> Write:
        key = {"kind": {"S": NOTIFICATION_SENDS}, "id": {"S": _row_id(channel_id, outcome)}}
        return self._prepared.filled(key, _blanks(amount))

    @cached_property
    def _prepared(self) -> PreparedUpdate:
        return PreparedUpdate(add_step("any", "any", _ANY_AMOUNT), _blanks(_ANY_AMOUNT))


def add_step(channel_id: str, outcome: str, amount: int) -> Write:
    row = StateItem(NOTIFICATION_SENDS, _row_id(channel_id, outcome))
    # no condition: the first send of its kind makes the row
    return update(row, [StateItem.amount.add(amount)])


def _row_id(channel_id: str, outcome: str) -> str:
    return f"{channel_id}#{outcome}"


def _blanks(amount: int) -> dict[str, Raw]:
    return {"amount": {"N": str(amount)}}
