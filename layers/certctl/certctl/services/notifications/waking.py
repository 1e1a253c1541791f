"""Nudges for a channel's due rows, so that they need not wait for the sweep."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from certctl.domain.due_work import Nudge
from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.notifications.notifications import NotificationStatus
from certctl.observability import logger
from certctl.store.notifications.notifications import Nomination, NotificationStore

_LOOKED_AT = 2_000
_ANY_EPOCH = 0


class Waking:
    """`nudge` takes seconds and is best effort."""

    def __init__(
        self,
        notifications: NotificationStore,
        nudge: Callable[[Nudge, float], None],
        now: Callable[[], datetime],
    ) -> None:
        self._notifications = notifications
        self._nudge = nudge
        self._now = now

    def wake(self, channel_id: str, most: int, wait: float) -> int:
        """Nudges the oldest `most` due rows of this channel, looking at 2,000 of all. Answers how many."""
        try:
            rows = list(islice(self._due_at(channel_id), most))
        except (Unavailable, AwsRefusal):
            logger.warning("due rows are left to the sweep", exc_info=True)
            return 0
        for row in rows:
            self._nudge(Nudge(row.id, _ANY_EPOCH), wait)
        return len(rows)

    def _due_at(self, channel_id: str) -> Iterator[Nomination]:
        now = self._now()
        shards = [self._notifications.nominated(number, now) for number in range(DUE_SHARDS)]
        for row in islice(heapq.merge(*shards, key=lambda row: row.due_at), _LOOKED_AT):
            if row.channel_id == channel_id and row.status is not NotificationStatus.DEAD:
                yield row
