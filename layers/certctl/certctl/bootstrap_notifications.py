"""Composition root of the notification engine: workers, sweep and API. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, config

if TYPE_CHECKING:
    from certctl.connectors.address_guard import AddressGuard
    from certctl.connectors.aws.secrets import Secrets
    from certctl.connectors.http.adapter import OutboundHttp
    from certctl.connectors.notifiers import Notifiers
    from certctl.connectors.notifiers.base import Providers
    from certctl.domain.audit.events import Actor
    from certctl.domain.notifications.delivery import DeliverySchedule
    from certctl.services.channels.channels import Channels
    from certctl.services.channels.testing import ChannelTests, ChannelTestSender
    from certctl.services.notifications.dead_letters import DeadLetters, DeadRows
    from certctl.services.notifications.lists import NotificationLists
    from certctl.services.notifications.requeue import NotificationRequeue
    from certctl.services.notifications.send_counts import SendCounts
    from certctl.store.channels.states import CachedChannelStates
    from certctl.store.notifications.lists import NotificationIndexes
    from certctl.store.notifications.notifications import NotificationStore
    from certctl.unit_of_work.notifications.events import NotificationEvents

# A test's deadline, two secrets, DNS and a cold start; the API's own time is 29 s.
_TRIAL_SECONDS = 22


@cache
def schedule() -> "DeliverySchedule":
    from certctl.domain.due_work import RetrySchedule
    from certctl.domain.notifications.delivery import DeliverySchedule

    given = config.notifications()
    retry = RetrySchedule(given.max_attempts, given.retry_base_seconds, given.retry_cap_seconds)
    return DeliverySchedule(retry, given.max_age)


@cache
def notification_store() -> "NotificationStore":
    from certctl.store.notifications.notifications import NotificationStore

    return NotificationStore(bootstrap.database(), config.notifications().retention)


@cache
def notification_indexes() -> "NotificationIndexes":
    from certctl.store.notifications.lists import NotificationIndexes

    return NotificationIndexes(bootstrap.database())


@cache
def notification_events() -> "NotificationEvents":
    from certctl.unit_of_work.notifications.events import NotificationEvents

    return NotificationEvents(bootstrap.counter_store())


@cache
def channel_states() -> "CachedChannelStates":
    from certctl.store.channels.states import CachedChannelStates, ChannelStateStore

    return CachedChannelStates(ChannelStateStore(bootstrap.database()), bootstrap.now)


@cache
def address_guard() -> "AddressGuard":
    from certctl.connectors.address_guard import AddressGuard, GuardPolicy

    opened = config.allowed_private_cidrs()
    is_local = config.stack().is_local
    policy = GuardPolicy.for_local_mode(opened) if is_local else GuardPolicy.for_stack(opened)
    return AddressGuard(policy)


@cache
def outbound_http() -> "OutboundHttp":
    from certctl.connectors.http.adapter import OutboundHttp

    return OutboundHttp(address_guard())


def end_connections() -> None:
    """Belongs at the end of each run: no connection survives the pause in which Lambda freezes a process."""
    if outbound_http.cache_info().currsize:
        outbound_http().close()


@cache
def secrets() -> "Secrets":
    """Two attempts: reading two secrets is part of what must fit into a lease."""
    from certctl.connectors.aws.clients import make_client
    from certctl.connectors.aws.secrets import Secrets

    stack = config.stack()
    return Secrets(
        stack.name,
        cache(lambda: make_client("ssm", stack.region, attempts=2)),
        cache(lambda: make_client("secretsmanager", stack.region, attempts=2)),
    )


@cache
def notifiers() -> "Notifiers":
    from certctl.connectors.notifiers import Notifiers

    return Notifiers(providers())


@cache
def providers() -> "Providers":
    """One attempt each: the engine has the retries."""
    from certctl.connectors.aws.clients import make_client
    from certctl.connectors.notifiers.base import Providers

    stack = config.stack()
    client = cache(lambda service: make_client(service, stack.region, read_seconds=8, attempts=1))
    return Providers(outbound_http(), secrets(), address_guard(), client, stack.name)


@cache
def channel_administration() -> "Channels":
    from certctl.connectors.channels.checks import ChannelChecks
    from certctl.domain.channels.channels import configured_channels
    from certctl.services.channels.channels import Channels, ChannelStores
    from certctl.store.channels.records import ChannelRecordStore
    from certctl.store.channels.secret_bindings import SecretBindingStore
    from certctl.store.channels.states import ChannelStateStore

    database = bootstrap.database()
    stores = ChannelStores(
        database,
        ChannelRecordStore(database),
        ChannelStateStore(database),
        SecretBindingStore(database),
        notification_store(),
        bootstrap.routing_rule_store(),
        bootstrap.audit_store(),
    )
    checks = ChannelChecks(address_guard(), config.stack().name, config.channel_hosts())
    configured, known = configured_channels(config.channels()), bootstrap.channel_book()
    return Channels(stores, configured, known, checks, bootstrap.nudge_notifications, bootstrap.now)


@cache
def channel_testing() -> "ChannelTests":
    """One attempt: a second one would send a second test."""
    from certctl.connectors.aws.clients import make_client
    from certctl.connectors.aws.functions import Function
    from certctl.services.channels.testing import ChannelTests
    from certctl.store.quotas import channel_tests

    client = make_client("lambda", config.stack().region, read_seconds=_TRIAL_SECONDS, attempts=1)
    worker = Function(client, config.function_name("notification_worker"))
    begun = channel_tests(bootstrap.database())
    return ChannelTests(bootstrap.channel_book().find_now, worker.call, begun, bootstrap.now)


@cache
def channel_trial() -> "ChannelTestSender":
    from certctl.services.channels.testing import ChannelTestSender

    return ChannelTestSender(bootstrap.channel_book().find_now, notifiers().send, bootstrap.now)


def actor() -> "Actor":
    from certctl.domain.audit.events import Actor, ActorType

    return Actor(f"system/{config.stack().function}", ActorType.SYSTEM)


@cache
def dead_letters() -> "DeadLetters":
    from certctl.services.notifications.dead_letters import DeadLetters

    return DeadLetters(notification_store(), bootstrap.queue("dead_letter").send)


@cache
def dead_rows() -> "DeadRows":
    from certctl.services.notifications.dead_letters import DeadRows

    return DeadRows(bootstrap.counter_store())


@cache
def send_counts() -> "SendCounts":
    from certctl.services.notifications.send_counts import SendCounts
    from certctl.store.notifications.sends import NotificationSendStore

    return SendCounts(NotificationSendStore(bootstrap.database()))


@cache
def notification_lists() -> "NotificationLists":
    from certctl.services.notifications.lists import NotificationLists

    return NotificationLists(notification_store(), notification_indexes(), bootstrap.now)


@cache
def requeueing() -> "NotificationRequeue":
    from certctl.services.notifications.requeue import NotificationRequeue

    return NotificationRequeue(
        bootstrap.units(),
        notification_store(),
        notification_indexes(),
        notification_events(),
        bootstrap.nudges(),
        bootstrap.now,
    )
