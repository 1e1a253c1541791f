"""Lists of notifications: by status, type, channel, certificate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.errors import InvalidInput, NotFound
from certctl.domain.notifications.groups import GroupedNotifications, GroupedState, grouped
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.requests import NotificationFilter
from certctl.domain.notifications.statuses import DeliveryState, NotificationStatus
from certctl.domain.sorting import CreationSort
from certctl.store.notifications.lists import NotificationIndexes
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.paging import Hit, ListPage, Position, Stage, in_order, walk
from certctl.store.reading import read_page

# They have indexes of their own, and are too few to find among all.
_NOT_BY_CREATION = (NotificationStatus.DEAD, NotificationStatus.PENDING, NotificationStatus.FAILED)


MOST_GROUPED = 500


@dataclass(frozen=True)
class NotificationLists:
    notifications: NotificationStore
    indexes: NotificationIndexes
    now: Callable[[], datetime]
    max_attempts: int

    def get(self, caller: Principal, notification_id: str) -> Notification:
        """Raises NotFound, also for one of another team."""
        row = self.notifications.get(notification_id)
        if row is None or not row.is_kept(self.now()):
            raise NotFound("There is no such notification.")
        caller.require_reach(Permission.NOTIFICATIONS_READ, row.team_id, "such notification")
        return row

    def page(
        self,
        caller: Principal,
        wanted: NotificationFilter,
        start: Position | None,
        per_page: int,
        sort: CreationSort | None = None,
    ) -> ListPage[Notification]:
        """Without a `sort` newest first; dead ones by their death, pending and failed ones by their due time.
        Raises InvalidInput for an order that no index has, and for a position outside this list."""
        teams, now = caller.team_filter(Permission.NOTIFICATIONS_READ), self.now()
        all_shown = wanted.is_one_index and teams is None
        stages = self._stages(wanted) if sort is None else in_order(sort, self._in_order(wanted, sort))
        reading = read_page(stages, start, per_page, all_shown=all_shown)

        def shown(_: Hit, row: Notification) -> bool:
            is_in_reach = teams is None or row.team_id in teams
            return row.is_kept(now) and wanted.matches(row, self.max_attempts) and is_in_reach

        return reading.page(self.indexes.load, shown)

    def _stages(self, wanted: NotificationFilter) -> list[Stage]:
        if wanted.folded_into is not None:
            return self._of_fold(wanted.folded_into)
        if wanted.certificate_id is not None:
            return self.indexes.of_certificate(wanted.certificate_id)
        if wanted.status is None and wanted.state is DeliveryState.WAITING:
            return self.indexes.due()
        if wanted.dead_because is not None:
            return self.indexes.dead()
        match wanted.status:
            case NotificationStatus.DEAD:
                return self.indexes.dead()
            case NotificationStatus.PENDING | NotificationStatus.FAILED:
                return self.indexes.due()
            case _:
                return self.indexes.by_creation(self.now(), since=wanted.created_since)

    def _in_order(self, wanted: NotificationFilter, sort: CreationSort) -> list[Stage]:
        newest_first = sort is CreationSort.NEWEST
        if wanted.folded_into is not None:
            return self._of_fold(wanted.folded_into, newest_first=newest_first)
        if wanted.certificate_id is not None:
            return self.indexes.of_certificate(wanted.certificate_id, newest_first=newest_first)
        if wanted.status in _NOT_BY_CREATION or wanted.state is not None:
            filters = f"status={wanted.status}" if wanted.status else f"state={wanted.state}"
            raise InvalidInput.of(
                "query.sort",
                f"{sort} is not available with {filters}: add certificate_id, or leave sort out"
                " (dead ones come by their death, pending and failed ones by when they are due)",
            )
        now = self.now()
        return self.indexes.by_creation(now, newest_first=newest_first, since=wanted.created_since)

    def _of_fold(self, fold_id: str, *, newest_first: bool = True) -> list[Stage]:
        try:
            return self.indexes.of_fold(fold_id, newest_first=newest_first)
        except (ValueError, OverflowError):
            raise InvalidInput.of("query.folded_into", "is not the id of a notification") from None


@dataclass(frozen=True)
class NotificationGroups:
    """Counts of dead or waiting notifications by channel and cause."""

    indexes: NotificationIndexes
    now: Callable[[], datetime]
    max_attempts: int

    def of(self, caller: Principal, state: GroupedState) -> GroupedNotifications:
        """Within the caller's reach. Reads at most 500 rows."""
        is_dead = state is GroupedState.DEAD
        walked = walk(self.indexes.dead() if is_dead else self.indexes.due(), None, MOST_GROUPED)
        found = self.indexes.load([hit.id for hit in walked.found])
        rows = [found[hit.id] for hit in walked.found if hit.id in found]
        counted = [row for row in rows if _is_in(row, state) and self._is_shown(caller, row)]
        return GroupedNotifications(grouped(counted, self.max_attempts), walked.next is None)

    def _is_shown(self, caller: Principal, row: Notification) -> bool:
        teams = caller.team_filter(Permission.NOTIFICATIONS_READ)
        return row.is_kept(self.now()) and (teams is None or row.team_id in teams)


def _is_in(row: Notification, state: GroupedState) -> bool:
    """An index may be older than its rows."""
    return row.status is NotificationStatus.DEAD if state is GroupedState.DEAD else row.is_waiting
