"""Requeues notifications, one or many, and marks them as read."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.notifications.delivery import requeued, why_not_requeued
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.requests import RequeueMany
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.notifications.lists import NotificationIndexes
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.paging import Hit, Position, Stage, walk
from certctl.unit_of_work.notifications.events import NotificationEvents
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

MAX_AT_ONCE = 500
_THREADS = 8


@dataclass(frozen=True)
class RequeueReport:
    requeued: int
    refused: int
    """Changed concurrently, after they were read."""
    next: Position | None
    """Where the next page starts; None after the last row."""


@dataclass(frozen=True)
class NotificationRequeue:
    units: Units
    notifications: NotificationStore
    indexes: NotificationIndexes
    events: NotificationEvents
    nudges: Nudges
    now: Callable[[], datetime]

    def requeue(self, caller: Principal, notification_id: str) -> None:
        """Raises NotFound, and Conflict if the notification is queued, is being sent, or was sent."""
        self._requeue(caller, notification_id)

    def requeue_many(self, caller: Principal, wanted: RequeueMany, start: Position | None) -> RequeueReport:
        """Reads at most 500 rows; the others are behind `next`."""
        now = self.now()
        walked = walk(self._stages(wanted, now), start, MAX_AT_ONCE)
        rows = self._matching(caller, wanted, walked.found, now)
        with ThreadPoolExecutor(_THREADS) as pool:
            results = list(pool.map(lambda row: self._is_requeued(caller, row.id), rows))
        return RequeueReport(results.count(True), results.count(False), walked.next)

    def mark_read(self, caller: Principal, notification_id: str) -> None:
        """Raises NotFound. Idempotent."""
        row = self._reachable(caller, notification_id)
        if row.read_at is None:
            self.notifications.mark_read(row.id, self.now())

    @retry_on_conflict
    def _requeue(self, caller: Principal, notification_id: str) -> None:
        before, now = self._reachable(caller, notification_id), self.now()
        refusal = why_not_requeued(before, now)
        if refusal is not None:
            raise Conflict(f"The notification cannot be queued again. {refusal}")
        after = requeued(before, now)
        unit = self.units.begin(caller.actor, before.counted_with, now)
        unit.write(self.notifications.requeue_step(before, after, now))
        self.events.add_requeue(unit, before, after)
        unit.after_commit(partial(self.nudges.notification, Nudge(after.id, after.due.epoch)))
        unit.commit()

    def _is_requeued(self, caller: Principal, notification_id: str) -> bool:
        try:
            self._requeue(caller, notification_id)
        except (Conflict, NotFound):
            return False
        return True

    def _reachable(self, caller: Principal, notification_id: str) -> Notification:
        row = self.notifications.get(notification_id)
        if row is None or not row.is_kept(self.now()):
            raise NotFound("There is no such notification.")
        caller.require_reach(Permission.NOTIFICATIONS_WRITE, row.team_id, "such notification")
        return row

    def _stages(self, wanted: RequeueMany, now: datetime) -> list[Stage]:
        match wanted.status:
            case NotificationStatus.DEAD:
                return self.indexes.dead()
            case NotificationStatus.SENT:
                return self.indexes.by_creation(now)
            case _:
                return self.indexes.due()

    def _matching(
        self, caller: Principal, wanted: RequeueMany, found: Sequence[Hit], now: datetime
    ) -> list[Notification]:
        teams = caller.team_filter(Permission.NOTIFICATIONS_WRITE)
        rows = self.indexes.load([f.id for f in found]).values()
        return [
            row
            for row in rows
            if row.is_kept(now)
            and wanted.matches(row, now)
            and (teams is None or row.team_id in teams)
            and why_not_requeued(row, now) is None
        ]
