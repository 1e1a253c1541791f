"""Notifications: found, read, marked, and queued again. Sends nothing itself."""

from typing import Any

from certctl import bootstrap
from certctl import bootstrap_notifications as engine
from certctl.api.list_positions import position_of, position_view
from certctl.api.notification_schemas import (
    BulkRequeueBody,
    BulkRequeuedView,
    NotificationView,
    StatusView,
    bulk_requeued_view,
    notification_view,
)
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api
from certctl.domain.notifications import NotificationStatus, NotificationType
from certctl.domain.permissions import Permission
from certctl.services.notification_lists import NotificationFilter

api = Api(bootstrap.api_services)
_BASE = "/api/v1/notifications"
_ONE = f"{_BASE}/<notification_id>"
_TAGS = ["notifications"]


@api.get(_BASE, Permission.NOTIFICATIONS_READ, summary="List notifications, newest first", tags=_TAGS)
def list_notifications(
    status: NotificationStatus | None = None,
    type: NotificationType | None = None,  # the name on the wire
    channel: str | None = None,
    certificate_id: str | None = None,
    per_page: PerPage = DEFAULT_PER_PAGE,
    cursor: Cursor = None,
) -> PageView[NotificationView]:
    wanted = NotificationFilter(status, type, channel, certificate_id)
    page = engine.notification_lists().page(api.caller, wanted, position_of(cursor), per_page)
    return page_view([notification_view(row) for row in page.records], position_view(page.next), per_page)


@api.post(f"{_BASE}/requeue", Permission.NOTIFICATIONS_WRITE, summary="Queue many again", tags=_TAGS)
def bulk_requeue(body: BulkRequeueBody) -> BulkRequeuedView:
    start = position_of(body.cursor)
    return bulk_requeued_view(engine.requeueing().requeue_many(api.caller, body.parsed(), start))


@api.get(_ONE, Permission.NOTIFICATIONS_READ, summary="Read a notification", tags=_TAGS)
def get_notification(notification_id: str) -> NotificationView:
    return notification_view(engine.notification_lists().get(api.caller, notification_id))


@api.post(f"{_ONE}/read", Permission.NOTIFICATIONS_WRITE, summary="Mark as read", tags=_TAGS)
def mark_notification_read(notification_id: str) -> StatusView:
    engine.requeueing().mark_read(api.caller, notification_id)
    return StatusView(status="read")


@api.post(f"{_ONE}/requeue", Permission.NOTIFICATIONS_WRITE, summary="Queue it again", tags=_TAGS)
def requeue_notification(notification_id: str) -> StatusView:
    engine.requeueing().requeue(api.caller, notification_id)
    return StatusView(status="requeued")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
