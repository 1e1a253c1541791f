"""Composition root of what sends: the worker and the sweep. See `bootstrap_notifications.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, config
from certctl import bootstrap_notifications as engine

if TYPE_CHECKING:
    from certctl.domain.channels.circuit_breaker import BreakerPolicy
    from certctl.services.notifications.circuit_breaker import CircuitBreakers
    from certctl.services.notifications.delivery import Delivery
    from certctl.services.notifications.flood_control import FloodControl
    from certctl.services.notifications.outages import ChannelOutages
    from certctl.services.notifications.outcomes import DeliveryOutcomes
    from certctl.services.notifications.sweep import NotificationSweep


@cache
def outcomes() -> "DeliveryOutcomes":
    from certctl.services.notifications.outcomes import DeliveryOutcomes
    from certctl.store.channels.states import ChannelStateStore

    return DeliveryOutcomes(
        units=bootstrap.units(),
        notifications=engine.notification_store(),
        events=engine.notification_events(),
        states=ChannelStateStore(bootstrap.database()),
        cached_states=engine.channel_states(),
        channels=bootstrap.channel_book(),
        dead_letters=engine.dead_letters(),
        counts=engine.send_counts(),
        actor=engine.actor(),
    )


@cache
def outages() -> "ChannelOutages":
    from certctl.services.notifications.outages import ChannelOutages
    from certctl.store.channels.states import ChannelStateStore

    return ChannelOutages(
        units=bootstrap.units(),
        states=ChannelStateStore(bootstrap.database()),
        cached_states=engine.channel_states(),
        channels=bootstrap.channel_book(),
        actor=engine.actor(),
        now=bootstrap.now,
    )


def breaker_policy() -> "BreakerPolicy":
    from certctl.domain.channels.circuit_breaker import BreakerPolicy

    given = config.breaker()
    return BreakerPolicy(given.failures, given.probe)


@cache
def circuit_breakers() -> "CircuitBreakers":
    from certctl.services.notifications.circuit_breaker import CircuitBreakers
    from certctl.store.channels.states import ChannelStateStore

    return CircuitBreakers(
        notifications=engine.notification_store(),
        states=ChannelStateStore(bootstrap.database()),
        cached_states=engine.channel_states(),
        outages=outages(),
        nudges=bootstrap.nudges(),
        schedule=engine.schedule(),
        policy=breaker_policy(),
        now=bootstrap.now,
    )


@cache
def flood_control() -> "FloodControl":
    from certctl.services.notifications.flood_control import FloodControl, FloodRows
    from certctl.store.locks import LockStore
    from certctl.store.notifications.floods import FloodMeter, FloodStore
    from certctl.store.notifications.folds import NotificationFolds

    database, notifications = bootstrap.database(), engine.notification_store()
    meter = FloodMeter(FloodStore(database), config.notifications().flood_limit, bootstrap.now)
    folds = NotificationFolds(database, notifications)
    rows = FloodRows(notifications, folds, LockStore(database), meter)
    return FloodControl(rows, bootstrap.nudges(), engine.send_counts(), bootstrap.now)


@cache
def delivery() -> "Delivery":
    import random

    from certctl.services.notifications.delivery import Delivery
    from certctl.services.notifications.relevance import AlertRelevance
    from certctl.store.agents.states import AgentStateStore
    from certctl.store.cache import LastKnown
    from certctl.store.certificates.certificates import CertificateStore
    from certctl.store.notifications.public_url import PublicUrlStore

    database = bootstrap.database()
    return Delivery(
        notifications=engine.notification_store(),
        channels=bootstrap.channel_book(),
        breakers=circuit_breakers(),
        flood_control=flood_control(),
        relevance=AlertRelevance(CertificateStore(database), AgentStateStore(database)),
        notifiers=engine.notifiers(),
        outcomes=outcomes(),
        dashboard_url=LastKnown("the dashboard's URL", PublicUrlStore(database).get, "", bootstrap.now),
        nudges=bootstrap.nudges(),
        schedule=engine.schedule(),
        now=bootstrap.now,
        random=random.random,
    )


@cache
def sweeping() -> "NotificationSweep":
    from certctl.services.notifications.sweep import NotificationSweep
    from certctl.store.locks import LockStore
    from certctl.store.notifications.deferred import DeferredAlerts

    return NotificationSweep(
        notifications=engine.notification_store(),
        locks=LockStore(bootstrap.database()),
        states=engine.channel_states(),
        deferred=DeferredAlerts(bootstrap.database(), bootstrap.now),
        delivery=delivery(),
        dead_letters=engine.dead_letters(),
        outages=outages(),
        schedule=engine.schedule(),
        now=bootstrap.now,
    )
