"""Notification rows: created in the transaction of the event that they report."""

from datetime import timedelta

from certctl.domain.ids import shard_of
from certctl.domain.notifications import Notification
from certctl.domain.timestamps import month_of
from certctl.store.database import Database
from certctl.store.items_notifications import NotificationItem
from certctl.store.mapping import to_item
from certctl.store.steps import Step, put

_RETENTION = timedelta(days=400)


class NotificationStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_step(self, notification: Notification) -> Step:
        return put(_item(notification), NotificationItem.notification_id.does_not_exist())


def _item(notification: Notification) -> NotificationItem:
    due = notification.due
    return to_item(
        NotificationItem,
        notification,
        notification_id=notification.id,
        list_month=month_of(notification.created_at),
        due_shard=shard_of(notification.id),
        due_at=due.due_at,
        epoch=due.epoch,
        attempt=due.attempt,
        retry_count=due.retry_count,
        delete_after=int((notification.created_at + _RETENTION).timestamp()),
    )
