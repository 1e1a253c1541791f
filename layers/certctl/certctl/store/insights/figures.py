"""Metrics of notifications. Delivery has no counter of waiting rows, so the index is read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from certctl.domain.ids import DUE_SHARDS
from certctl.domain.insights.readings import WaitingNotifications
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.channels.items import ChannelStateItem
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import CHANNEL_STATE, NOTIFICATION_SENDS
from certctl.store.notifications.items import NotificationItem
from certctl.store.paging import in_parallel

PER_SHARD = 250
"""The most waiting rows of one shard that are counted; beyond that the numbers are too low."""
_MOST_SENDS = 500
_MOST_CHANNELS = 1_000
_WAITING = (NotificationStatus.PENDING, NotificationStatus.FAILED)


class NotificationFigures:
    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> WaitingNotifications:
        """Nine parallel queries: of the rows those that are due first first."""
        rows, down = in_parallel(self._waiting_rows, self._channels_down)
        counted = Counter(row.status for row in rows)
        due = (row.due_at for row in rows if row.due_at and row.channel_id not in down)
        return WaitingNotifications(
            pending=counted[NotificationStatus.PENDING],
            failed=counted[NotificationStatus.FAILED],
            oldest_due_at=min(due, default=None),
            channels_down=tuple(sorted(down)),
        )

    def waiting_by_channel(self) -> Mapping[str, Sequence[str]]:
        """The ids of those that are not sent yet, as `waiting` counts them, by channel id."""
        found: dict[str, list[str]] = {}
        for row in self._waiting_rows():
            found.setdefault(row.channel_id, []).append(row.notification_id)
        return found

    def sends(self) -> Mapping[tuple[str, str], int]:
        """Sends since the beginning, by channel id and outcome: rows `<channel_id>#<outcome>` with an
        amount."""
        page = self._database.query(StateItem, NOTIFICATION_SENDS, limit=_MOST_SENDS)
        return {_channel_and_outcome(row.id): int(row.amount or 0) for row in page.items}

    def _channels_down(self) -> set[str]:
        page = self._database.query(ChannelStateItem, CHANNEL_STATE, limit=_MOST_CHANNELS)
        return {item.id for item in page.items if item.disabled_at or item.opened_at}

    def _waiting_rows(self) -> list[NotificationItem]:
        """Rows of the index: with their keys, channel and status only."""
        shards = in_parallel(*[partial(self._of_shard, shard) for shard in range(DUE_SHARDS)])
        return [row for shard in shards for row in shard if row.status in _WAITING]

    def _of_shard(self, shard: int) -> list[NotificationItem]:
        return self._database.query(NotificationItem.by_due, shard, limit=PER_SHARD).items


def _channel_and_outcome(text: str) -> tuple[str, str]:
    channel, _, outcome = text.rpartition("#")
    return channel, outcome
