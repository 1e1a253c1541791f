"""The rows of notifications, and their counters. Nothing here sends."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.domain.notifications.delivery import DeliverySchedule
    from certctl.store.notifications.lists import NotificationIndexes
    from certctl.store.notifications.notifications import NotificationStore
    from certctl.unit_of_work.notifications.events import NotificationEvents


class NotificationFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self._base = changes.base
        self._changes = changes

    @cached_property
    def schedule(self) -> "DeliverySchedule":
        from certctl.domain.notifications.delivery import DeliverySchedule
        from certctl.domain.retries import RetrySchedule

        given = config.notifications()
        retry = RetrySchedule(given.max_attempts, given.retry_base_seconds, given.retry_cap_seconds)
        return DeliverySchedule(retry, given.max_age)

    @cached_property
    def store(self) -> "NotificationStore":
        from certctl.store.notifications.notifications import NotificationStore

        return NotificationStore(self._base.database, config.notifications().retention)

    @cached_property
    def indexes(self) -> "NotificationIndexes":
        from certctl.store.notifications.lists import NotificationIndexes

        return NotificationIndexes(self._base.database)

    @cached_property
    def events(self) -> "NotificationEvents":
        from certctl.unit_of_work.notifications.events import NotificationEvents

        return NotificationEvents(self._changes.catalog.counters)
