"""Composition root of what sends: the worker and the sweep. See `bootstrap_notifications.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, config
from certctl import bootstrap_notifications as engine

if TYPE_CHECKING:
    from certctl.domain.channels.circuit_breaker import BreakerPolicy
    from certctl.domain.notifications.delivery_ports import Floods, Gates
    from certctl.domain.notifications.notifications import Notification
    from certctl.services.notifications.delivery import Delivery
    from certctl.services.notifications.outages import ChannelEpisodes
    from certctl.services.notifications.outcomes import NotificationEndings
    from certctl.services.notifications.sweep import NotificationSweep


@cache
def endings() -> "NotificationEndings":
    from certctl.services.notifications.outcomes import NotificationEndings
    from certctl.store.channels.states import ChannelStateStore

    return NotificationEndings(
        database=bootstrap.database(),
        notifications=engine.notification_store(),
        events=engine.notification_events(),
        states=ChannelStateStore(bootstrap.database()),
        cached_states=engine.channel_states(),
        book=bootstrap.channel_book(),
        publish_dead=engine.dead_letters().publish,
        nudge=engine.nudge_after,
        actor=engine.actor(),
    )


@cache
def channel_episodes() -> "ChannelEpisodes":
    from certctl.services.notifications.outages import ChannelEpisodes
    from certctl.store.channels.states import ChannelStateStore

    return ChannelEpisodes(
        database=bootstrap.database(),
        notifications=engine.notification_store(),
        events=engine.notification_events(),
        states=ChannelStateStore(bootstrap.database()),
        cached_states=engine.channel_states(),
        book=bootstrap.channel_book(),
        nudge=engine.nudge_after,
        actor=engine.actor(),
        now=bootstrap.now,
    )


def breaker_policy() -> "BreakerPolicy":
    from certctl.domain.channels.circuit_breaker import BreakerPolicy

    given = config.breaker()
    return BreakerPolicy(given.failures, given.probe)


@cache
def gates() -> "Gates":
    from certctl.domain.notifications.delivery_ports import Gates
    from certctl.services.notifications.circuit_breaker import ChannelGates, Episodes, Wakers
    from certctl.services.notifications.waking import Waking
    from certctl.store.channels.states import ChannelStateStore

    waking = Waking(engine.notification_store(), engine.nudge_after, bootstrap.now)
    made = ChannelGates(
        ChannelStateStore(bootstrap.database()),
        engine.channel_states(),
        Episodes(channel_episodes().close, channel_episodes().revive),
        Wakers(waking.wake, engine.nudge_after),
        engine.schedule(),
        breaker_policy(),
        bootstrap.now,
    )
    return Gates(made.look, made.take_probe, made.park, made.pause, made.heard)


@cache
def floods() -> "Floods":
    from certctl.domain.notifications.delivery_ports import Floods
    from certctl.services.notifications.flood_control import FloodRows, Folding
    from certctl.store.locks import LockStore
    from certctl.store.notifications.floods import FloodMeter, FloodStore
    from certctl.store.notifications.folds import NotificationFolds

    database, notifications = bootstrap.database(), engine.notification_store()
    meter = FloodMeter(FloodStore(database), config.notifications().flood_limit, bootstrap.now)
    folds = NotificationFolds(database, notifications)
    rows = FloodRows(notifications, folds, LockStore(database), meter)
    made = Folding(rows, engine.nudge_after, engine.send_counts().record, bootstrap.now)
    return Floods(made.fold, made.hold_back)


@cache
def delivery() -> "Delivery":
    import random

    from certctl.domain.notifications.delivery_ports import Endings, World
    from certctl.domain.notifications.messages import link_of
    from certctl.services.notifications.delivery import Delivery
    from certctl.services.notifications.relevance import Causes
    from certctl.store.agents.states import AgentStateStore
    from certctl.store.cache import LastKnown
    from certctl.store.certificates.certificates import CertificateStore
    from certctl.store.notifications.public_url import PublicUrlStore

    database = bootstrap.database()
    causes = Causes(CertificateStore(database), AgentStateStore(database))
    public_url = LastKnown("the dashboard's URL", PublicUrlStore(database).get, "", bootstrap.now)

    def link(row: "Notification") -> str:
        return link_of(row, public_url.get())

    return Delivery(
        engine.notification_store(),
        bootstrap.channel_book(),
        gates(),
        floods(),
        World(engine.send, engine.nudge_after, causes.has_ended, engine.send_counts().record, link),
        Endings(endings().bury, endings().skip),
        engine.schedule(),
        bootstrap.now,
        random.random,
    )


@cache
def sweeping() -> "NotificationSweep":
    from certctl.services.notifications.sweep import NotificationSweep, Sweepers
    from certctl.store.locks import LockStore
    from certctl.store.notifications.deferred import DeferredAlerts

    return NotificationSweep(
        engine.notification_store(),
        LockStore(bootstrap.database()),
        engine.channel_states(),
        DeferredAlerts(bootstrap.database(), bootstrap.now),
        Sweepers(delivery().deliver, engine.dead_letters().publish, channel_episodes().alarm_overdue),
        engine.schedule(),
        bootstrap.now,
    )
