"""Composes notification_worker: one attempt at each alert, and channel tests."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.delivery import DeliveryFactories

if TYPE_CHECKING:
    from certctl.services.channels.testing import ChannelTestSender
    from certctl.services.notifications.delivery import Delivery
    from certctl.services.notifications.send_counts import SendCounts


class NotificationWorker:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._made = DeliveryFactories(ChangeFactories(self._base))

    @property
    def delivery(self) -> "Delivery":
        return self._made.delivery

    @property
    def send_counts(self) -> "SendCounts":
        return self._made.send_counts

    @cached_property
    def channel_trial(self) -> "ChannelTestSender":
        from certctl.services.channels.testing import ChannelTestSender

        find_now = self._made.channels.find_now
        return ChannelTestSender(find_now, self._made.outbound.notifiers.send, self._base.now)

    def end_connections(self) -> None:
        self._made.outbound.end_connections()
