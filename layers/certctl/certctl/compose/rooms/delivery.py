"""The delivery of notifications: for the worker and for the sweep."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.notifications import NotificationFactories
from certctl.compose.rooms.outbound import OutboundFactories

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.domain.notifications.circuit_breaker import BreakerPolicy
    from certctl.domain.notifications.delivery import Timing
    from certctl.services.notifications.circuit_breaker import CircuitBreakers
    from certctl.services.notifications.dead_letters import DeadLetters
    from certctl.services.notifications.delivery import Delivery
    from certctl.services.notifications.flood_control import FloodControl
    from certctl.services.notifications.outages import ChannelOutages
    from certctl.services.notifications.outcomes import DeliveryOutcomes
    from certctl.services.notifications.send_counts import SendCounts
    from certctl.store.cache import LastKnown
    from certctl.store.channels.states import CachedChannelStates, ChannelStateStore


class DeliveryFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self.base = changes.base
        self._changes = changes
        self.routing = changes.routing
        self.notifications = NotificationFactories(changes)
        self.outbound = OutboundFactories(self.base)

    @cached_property
    def dead_letters(self) -> "DeadLetters":
        from certctl.services.notifications.dead_letters import DeadLetters

        return DeadLetters(self.notifications.store, self.base.queue("dead_letter").send)

    @cached_property
    def send_counts(self) -> "SendCounts":
        from certctl.services.notifications.send_counts import SendCounts
        from certctl.store.notifications.sends import NotificationSendStore

        return SendCounts(NotificationSendStore(self.base.database))

    @cached_property
    def states(self) -> "ChannelStateStore":
        from certctl.store.channels.states import ChannelStateStore

        return ChannelStateStore(self.base.database)

    @cached_property
    def cached_states(self) -> "CachedChannelStates":
        from certctl.store.channels.states import CachedChannelStates

        return CachedChannelStates(self.states, self.base.now)

    @cached_property
    def outcomes(self) -> "DeliveryOutcomes":
        from certctl.services.notifications.outcomes import DeliveryOutcomes

        return DeliveryOutcomes(
            units=self._changes.units,
            notifications=self.notifications.store,
            events=self.notifications.events,
            states=self.states,
            cached_states=self.cached_states,
            channels=self.routing.channels,
            dead_letters=self.dead_letters,
            counts=self.send_counts,
            actor=self.base.actor,
            kinds=self.base.channel_kinds,
        )

    @cached_property
    def outages(self) -> "ChannelOutages":
        from certctl.services.notifications.outages import ChannelOutages

        return ChannelOutages(
            units=self._changes.units,
            states=self.states,
            cached_states=self.cached_states,
            channels=self.routing.channels,
            actor=self.base.actor,
            now=self.base.now,
            kinds=self.base.channel_kinds,
        )

    @cached_property
    def breaker_policy(self) -> "BreakerPolicy":
        from certctl.domain.notifications.circuit_breaker import BreakerPolicy

        given = config.breaker()
        return BreakerPolicy(given.failures, given.probe)

    @cached_property
    def circuit_breakers(self) -> "CircuitBreakers":
        from certctl.services.notifications.circuit_breaker import CircuitBreakers

        return CircuitBreakers(
            notifications=self.notifications.store,
            states=self.states,
            cached_states=self.cached_states,
            outages=self.outages,
            nudges=self.base.nudges,
            schedule=self.notifications.schedule,
            policy=self.breaker_policy,
            now=self.base.now,
        )

    @cached_property
    def flood_limit(self) -> int:
        return config.notifications().flood_limit

    @cached_property
    def flood_control(self) -> "FloodControl":
        from certctl.services.notifications.flood_control import FloodControl, FloodRows
        from certctl.store.locks import LockStore
        from certctl.store.notifications.floods import FloodMeter, FloodStore
        from certctl.store.notifications.folds import NotificationFolds

        database, store, now = self.base.database, self.notifications.store, self.base.now
        meter = FloodMeter(FloodStore(database), self.flood_limit, now)
        rows = FloodRows(store, NotificationFolds(database, store), LockStore(database), meter)
        kinds = self.base.channel_kinds
        return FloodControl(rows, self.base.nudges, self.send_counts, now, kinds)

    @cached_property
    def dashboard_url(self) -> "LastKnown[str]":
        from certctl.store.cache import LastKnown
        from certctl.store.notifications.public_url import PublicUrlStore

        read = PublicUrlStore(self.base.database).get
        return LastKnown("the dashboard's URL", read, self.base.now, otherwise="")

    @cached_property
    def timing(self) -> "Timing":
        from certctl.domain.notifications.delivery import Timing

        return Timing()

    @cached_property
    def delivery(self) -> "Delivery":
        from certctl.services.notifications.delivery import Delivery
        from certctl.services.notifications.relevance import AlertRelevance
        from certctl.store.agents.states import AgentStateStore
        from certctl.store.certificates.certificates import CertificateStore

        database = self.base.database
        return Delivery(
            notifications=self.notifications.store,
            channels=self.routing.channels,
            breakers=self.circuit_breakers,
            flood_control=self.flood_control,
            relevance=AlertRelevance(CertificateStore(database), AgentStateStore(database)),
            notifiers=self.outbound.notifiers,
            outcomes=self.outcomes,
            dashboard_url=self.dashboard_url,
            nudges=self.base.nudges,
            schedule=self.notifications.schedule,
            now=self.base.now,
            random=self.base.random,
            timing=self.timing,
        )
