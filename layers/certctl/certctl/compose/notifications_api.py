"""Composes notifications_api: notifications, channels, routing rules, mutes. It sends nothing itself."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.access import AccessFactories
from certctl.compose.rooms.addresses import address_guard
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.notifications import NotificationFactories

if TYPE_CHECKING:
    from certctl.domain.notifications.delivery import DeliverySchedule
    from certctl.services.channels.channels import Channels
    from certctl.services.channels.testing import ChannelTests
    from certctl.services.notifications.digests.previews import DigestPreviews
    from certctl.services.notifications.lists import NotificationGroups, NotificationLists
    from certctl.services.notifications.mute_names import MuteNames
    from certctl.services.notifications.mutes import Mutes
    from certctl.services.notifications.previews import RoutingPreviews
    from certctl.services.notifications.requeue import NotificationRequeue
    from certctl.services.notifications.routing_rules import RoutingRules

# A test's deadline, two secrets, DNS and a cold start; the API's own time is 29 s.
TRIAL_SECONDS = 22


class NotificationsApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self._notifications = NotificationFactories(self._changes)
        self._routing = self._changes.routing
        self.access = AccessFactories(self._base)
        self.now = self._base.now

    @property
    def schedule(self) -> "DeliverySchedule":
        return self._notifications.schedule

    @cached_property
    def notification_lists(self) -> "NotificationLists":
        from certctl.services.notifications.lists import NotificationLists

        made, max_attempts = self._notifications, self.schedule.retry.max_attempts
        return NotificationLists(made.store, made.indexes, self.now, max_attempts)

    @cached_property
    def notification_groups(self) -> "NotificationGroups":
        from certctl.services.notifications.lists import NotificationGroups

        return NotificationGroups(self._notifications.indexes, self.now, self.schedule.retry.max_attempts)

    @cached_property
    def requeueing(self) -> "NotificationRequeue":
        from certctl.services.notifications.requeue import NotificationRequeue

        made = self._notifications
        return NotificationRequeue(
            self._changes.units, made.store, made.indexes, made.events, self._base.nudges, self.now
        )

    @cached_property
    def channels(self) -> "Channels":
        from certctl.connectors.channels import ChannelChecks
        from certctl.services.channels.channels import Channels, ChannelStores
        from certctl.store.channels.records import ChannelRecordStore
        from certctl.store.channels.secret_bindings import SecretBindingStore
        from certctl.store.channels.states import ChannelStateStore

        database, routing = self._base.database, self._routing
        stores = ChannelStores(
            ChannelRecordStore(database),
            ChannelStateStore(database),
            SecretBindingStore(database),
            routing.rule_store,
        )
        kinds = self._base.channel_kinds
        checks = ChannelChecks(address_guard(), config.stack().name, config.channel_hosts(), kinds)
        units = self._changes.units
        return Channels(stores, units, routing.configured, routing.channels, checks, self.now, kinds)

    @cached_property
    def channel_tests(self) -> "ChannelTests":
        """One attempt: a second one would send a second test."""
        from certctl.connectors.aws.functions import Function
        from certctl.services.channels.testing import ChannelTests
        from certctl.store.quotas import channel_tests

        client = self._base.new_client("lambda", read_seconds=TRIAL_SECONDS, attempts=1)
        worker = Function(client, config.function_name("notification_worker"))
        begun = channel_tests(self._base.database)
        kinds = self._base.channel_kinds
        return ChannelTests(self._routing.channels, worker, begun, self.now, kinds)

    @cached_property
    def routing_rules(self) -> "RoutingRules":
        from certctl.services.notifications.routing_rules import RoutingRules

        routing = self._routing
        return RoutingRules(self._changes.units, routing.rule_store, routing.channels, self.now)

    @cached_property
    def routing_previews(self) -> "RoutingPreviews":
        from certctl.services.notifications.previews import RoutingPreviews, RoutingStores
        from certctl.store.certificates.certificates import CertificateStore
        from certctl.store.channels.records import ChannelRecordStore
        from certctl.store.notifications.contacts import ContactStore
        from certctl.store.notifications.mutes import MuteStore

        database, routing = self._base.database, self._routing
        stores = RoutingStores(
            CertificateStore(database),
            ChannelRecordStore(database),
            routing.rule_store,
            MuteStore(database),
            ContactStore(database),
        )
        return RoutingPreviews(
            stores, self._mute_names, routing.configured, self._base.channel_kinds, self.now
        )

    @cached_property
    def digest_previews(self) -> "DigestPreviews":
        from certctl.compose.rooms.digests import DigestFactories
        from certctl.services.notifications.digests.previews import DigestPreviews

        made, catalog = DigestFactories(self._changes), self._changes.catalog
        routing = self._routing.alert_routing
        return DigestPreviews(catalog.store, made.contents, routing, made.dashboard_url, self.now)

    @cached_property
    def mutes(self) -> "Mutes":
        from certctl.services.notifications.mutes import Mutes
        from certctl.store.certificates.certificates import CertificateStore
        from certctl.store.notifications.mutes import MuteStore

        database = self._base.database
        certificates = CertificateStore(database)
        return Mutes(self._changes.units, MuteStore(database), certificates, self._mute_names, self.now)

    @property
    def _mute_names(self) -> "MuteNames":
        from certctl.services.notifications.mute_names import MuteNames
        from certctl.store.audit.names import RecordNames
        from certctl.store.certificates.lists import CertificateIndexes

        return MuteNames(RecordNames(self._base.database), CertificateIndexes(self._base.database))
