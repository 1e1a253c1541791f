"""Notifications over the limit: held back, found again by their moment, and folded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pynamodb.expressions.condition import Condition

from certctl.domain.due_work import Claim
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.notifications.delivery import FinishedAttempt, Sent, Unsent
from certctl.domain.notifications.flood_control import FALLBACK, kind_of
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.database import ConditionFailed, Database, Page
from certctl.store.leases import DueRows
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import OPEN, NotificationStore
from certctl.store.paging import in_parallel, load
from certctl.store.writes import Write, update

_PER_SHARD = 30
"""Index rows read per moment: the rest is found when these are folded."""


@dataclass(frozen=True)
class HeldBack:
    """The oldest first. `has_more`: not all were read."""

    rows: list[Notification]
    has_more: bool


class NotificationFolds:
    def __init__(self, database: Database, notifications: NotificationStore) -> None:
        self._database = database
        self._notifications = notifications
        self._due = DueRows(database, NotificationItem, NotificationItem, OPEN)

    def hold_back(self, claim: Claim, due_at: datetime, moment: datetime) -> None:
        """Due again at `due_at` without spending an attempt, to be folded at `moment`. Does nothing if
        another worker took it."""
        actions = [
            *self._due.due_again(due_at),
            NotificationItem.next_retry_at.set(moment),
            NotificationItem.is_flooded.set(True),
        ]
        try:
            self._database.write(update(NotificationItem(claim.id), actions, self._due.owned(claim)))
        except ConditionFailed:
            return

    def held_back_with(self, row: Notification) -> HeldBack:
        """Others of its kind and moment that no worker holds; read consistently."""
        pages = self._pages_around(row)
        found = [item for page in pages for item in page.items]
        ids = [
            i.notification_id for i in found if i.channel_id == row.channel_id and i.notification_id != row.id
        ]
        rows = [other for other in load(ids, self._notifications.get_many_now) if _belongs_to(other, row)]
        return HeldBack(sorted(rows, key=lambda other: other.id), any(page.last_key for page in pages))

    def _pages_around(self, row: Notification) -> tuple[Page[NotificationItem], ...]:
        """Leaders are due at the moment itself, the others at its fallback: `row` may be either."""
        if row.due.due_at is None:
            return ()
        moments = (row.due.due_at - FALLBACK, row.due.due_at, row.due.due_at + FALLBACK)
        return in_parallel(
            *[partial(self._page, shard, moment) for moment in moments for shard in range(DUE_SHARDS)]
        )

    def _page(self, shard: int, moment: datetime) -> Page[NotificationItem]:
        due_then = NotificationItem.due_at == moment
        return self._database.query(NotificationItem.by_due, shard, due_then, limit=_PER_SHARD)

    def fold(
        self, fold: Notification, claimed: FinishedAttempt | None, others: Sequence[Notification]
    ) -> None:
        """All of them or none. Raises Conflict if one was claimed concurrently."""
        into = NotificationItem.folded_into.set(fold.id)
        sent = Sent(Unsent.FOLDED, None)
        mine = [self._notifications.settle_step(claimed, sent, into)] if claimed else []
        steps = [self._folded_step(row, fold) for row in others]
        self._database.transact([self._notifications.create_step(fold), *mine, *steps])

    def _folded_step(self, row: Notification, fold: Notification) -> Write:
        item = NotificationItem
        actions = [
            *self._due.finished(),
            item.status.set(NotificationStatus.SENT),
            item.outcome.set(Unsent.FOLDED),
            item.folded_into.set(fold.id),
            item.next_retry_at.remove(),
            item.is_flooded.remove(),
        ]
        return update(NotificationItem(row.id), actions, _as_read(row), ChangedMeanwhile(row.id))


def _belongs_to(other: Notification, row: Notification) -> bool:
    is_free = other.status in OPEN and other.due.lease_owner is None
    return is_free and other.is_flooded and kind_of(other) == kind_of(row)


def _as_read(row: Notification) -> Condition:
    """The row is as it was read, and no worker holds it, for however long: a previous holder may have sent
    it."""
    item = NotificationItem
    same = (item.status == row.status) & (item.epoch == row.due.epoch) & (item.attempt == row.due.attempt)
    flooded = item.is_flooded == True  # noqa: E712  # an expression, not a comparison
    as_read: Condition = same & flooded & item.lease_owner.does_not_exist()
    return as_read
