"""Composes notification_worker: one attempt at each alert, and channel tests."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.delivery import DeliveryFactories

if TYPE_CHECKING:
    from certctl.connectors.aws.queue import Queue
    from certctl.services.channels.test_sender import ChannelTestSender
    from certctl.services.notifications.delivery import Delivery
    from certctl.services.notifications.send_counts import SendCounts


class NotificationWorker:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self.deliveries = DeliveryFactories(ChangeFactories(self._base))

    @property
    def queue(self) -> "Queue":
        """The worker's own queue, for nudges that a run has no time for."""
        return self._base.queue("notifications")

    @property
    def delivery(self) -> "Delivery":
        return self.deliveries.delivery

    @property
    def send_counts(self) -> "SendCounts":
        return self.deliveries.send_counts

    @cached_property
    def channel_trial(self) -> "ChannelTestSender":
        from certctl.services.channels.test_sender import ChannelTestSender
        from certctl.store.notifications.sends import NotificationSendStore

        made, base = self.deliveries, self._base
        sends = NotificationSendStore(base.database)
        channels, notifiers = made.routing.channels, made.outbound.notifiers
        return ChannelTestSender(channels, notifiers, base.now, base.channel_kinds, sends)

    def end_connections(self) -> None:
        self.deliveries.outbound.end_connections()
