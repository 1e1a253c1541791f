"""Routes that list, read and requeue notifications."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.filtered import filtered
from certctl.api.list_positions import position_of, position_view
from certctl.api.notifications.group_schemas import ABOUT_GROUPS, GroupsView, groups_view
from certctl.api.notifications.schemas import (
    ABOUT_ORDER,
    BulkRequeueBody,
    BulkRequeuedView,
    NotificationView,
    StatusView,
    bulk_requeued_view,
    notification_view,
)
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.notifications.groups import GroupedState
from certctl.domain.notifications.notifications import (
    Notification,
)
from certctl.domain.notifications.requests import NotificationFilter
from certctl.domain.sorting import CreationSort

if TYPE_CHECKING:
    from certctl.domain.notifications.delivery import DeliverySchedule
    from certctl.services.notifications.lists import NotificationGroups, NotificationLists
    from certctl.services.notifications.requeue import NotificationRequeue

_BASE = "/api/v1/notifications"
_ONE = f"{_BASE}/<notification_id>"
_TAGS = ["notifications"]


def add_notification_routes(
    api: Api, lists: "Callable[[], NotificationLists]", schedule: "Callable[[], DeliverySchedule]"
) -> None:
    """Callers see the notifications of their teams. `schedule` has the limit of attempts."""

    @api.get(
        _BASE,
        Permission.NOTIFICATIONS_READ,
        summary="List notifications",
        description=ABOUT_ORDER,
        tags=_TAGS,
    )
    @filtered(
        NotificationFilter,
        state=Query(description="`waiting`: pending or failed."),
        dead_because=Query(description="Dead ones, for this reason."),
        is_read=Query(alias="read", description="`false`: not marked as read."),
        folded_into=Query(description="Those that this one reports."),
        created_since=Query(alias="since", description="Created at this time or later."),
    )
    def list_notifications(
        wanted: NotificationFilter,
        sort: CreationSort | None = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[NotificationView]:
        page = lists().page(api.caller, wanted, position_of(cursor), per_page, sort)
        return page_view([_view(row) for row in page.records], position_view(page.next), per_page)

    @api.get(_ONE, Permission.NOTIFICATIONS_READ, summary="Read a notification", tags=_TAGS)
    def get_notification(notification_id: str) -> NotificationView:
        return _view(lists().get(api.caller, notification_id))

    def _view(row: Notification) -> NotificationView:
        return notification_view(row, schedule().retry.max_attempts)


def add_group_routes(api: Api, groups: "Callable[[], NotificationGroups]") -> None:
    """Callers see the counts of their teams."""

    @api.get(
        f"{_BASE}/groups",
        Permission.NOTIFICATIONS_READ,
        summary="Count dead or waiting notifications by channel and cause",
        description=ABOUT_GROUPS,
        tags=_TAGS,
    )
    def group_notifications(state: GroupedState = GroupedState.DEAD) -> GroupsView:
        return groups_view(groups().of(api.caller, state))


def add_requeue_routes(api: Api, requeueing: "Callable[[], NotificationRequeue]") -> None:
    """Callers change the notifications of their teams."""

    @api.post(f"{_BASE}/requeue", Permission.NOTIFICATIONS_WRITE, summary="Requeue many", tags=_TAGS)
    def bulk_requeue(body: BulkRequeueBody) -> BulkRequeuedView:
        start = position_of(body.cursor)
        return bulk_requeued_view(requeueing().requeue_many(api.caller, body.parsed(), start))

    @api.post(f"{_ONE}/read", Permission.NOTIFICATIONS_WRITE, summary="Mark as read", tags=_TAGS)
    def mark_notification_read(notification_id: str) -> StatusView:
        requeueing().mark_read(api.caller, notification_id)
        return StatusView(status="read")

    @api.post(f"{_ONE}/requeue", Permission.NOTIFICATIONS_WRITE, summary="Requeue a notification", tags=_TAGS)
    def requeue_notification(notification_id: str) -> StatusView:
        requeueing().requeue(api.caller, notification_id)
        return StatusView(status="requeued")
