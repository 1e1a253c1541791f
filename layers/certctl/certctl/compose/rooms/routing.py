"""Where alerts go: the channels, the routing rules, the mutes, the contacts."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from certctl.compose.rooms.base import Base
    from certctl.domain.channels.channels import ChannelConfig
    from certctl.store.channels.records import CachedChannels
    from certctl.store.notifications.routing import RoutingRuleStore
    from certctl.unit_of_work.notifications.routing import AlertRouting


class RoutingFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base

    @cached_property
    def configured(self) -> "Sequence[ChannelConfig]":
        """The channels of the deployment's parameters."""
        from certctl.domain.channels.channels import configured_channels

        return configured_channels(config.channels(self._base.channel_kinds.sections))

    @cached_property
    def channels(self) -> "CachedChannels":
        """The configured channels and those that are stored."""
        from certctl.store.channels.records import CachedChannels, ChannelRecordStore

        return CachedChannels(self.configured, ChannelRecordStore(self._base.database), self._base.now)

    @cached_property
    def rule_store(self) -> "RoutingRuleStore":
        from certctl.store.notifications.routing import RoutingRuleStore

        return RoutingRuleStore(self._base.database)

    @cached_property
    def alert_routing(self) -> "AlertRouting":
        if self._base.overrides.alert_routing is not None:
            return self._base.overrides.alert_routing
        from certctl.store.notifications.contacts import CachedContacts, ContactStore
        from certctl.store.notifications.mutes import MuteStore
        from certctl.unit_of_work.notifications.routing import AlertRouting

        database, now = self._base.database, self._base.now
        contacts = CachedContacts(ContactStore(database), now)
        channels, mutes = self.channels.all, MuteStore(database)
        kinds = self._base.channel_kinds
        return AlertRouting(self.configured, channels, self.rule_store, mutes, contacts, now, kinds)
