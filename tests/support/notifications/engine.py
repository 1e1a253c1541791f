"""The notification engine over a database, with a clock that tests advance and a scripted provider."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from certctl.compose.notification_worker import NotificationWorker
from certctl.compose.notifications_api import NotificationsApi
from certctl.compose.retry_sweep_schedule import RetrySweepSchedule
from certctl.compose.rooms.base import Overrides
from certctl.compose.rooms.delivery import DeliveryFactories
from certctl.connectors.aws.queue import Queue
from certctl.connectors.sender import Notifiers
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.due_work import Nudge
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.delivery import DeliverySchedule, Timing
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.retries import RetrySchedule
from certctl.services.notifications.dead_letters import DeadLetters
from certctl.services.notifications.delivery import Delivery
from certctl.services.notifications.lists import NotificationLists
from certctl.services.notifications.outages import ChannelOutages
from certctl.services.notifications.requeue import NotificationRequeue
from certctl.services.notifications.send_counts import SendCounts
from certctl.services.notifications.sweep import NotificationSweep, SweepLimits
from certctl.store.channels.records import CachedChannels, ChannelRecordStore
from certctl.store.channels.states import CachedChannelStates, ChannelStateStore
from certctl.store.database import Database
from certctl.store.insights.counters import CounterStore
from certctl.store.insights.figures import NotificationFigures
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.notifications.sends import NotificationSendStore
from tests.support.channels.provider_channels import loopback_http, secrets_of
from tests.support.clock import Clock
from tests.support.functions.queues import queue_into
from tests.support.notifications.messages import providers
from tests.support.notifications.rows import a_notification as a_notification

ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
ACTOR = Actor("system/notification_worker", ActorType.SYSTEM)
DELIVERED = Outcome(OutcomeKind.DELIVERED, 200, duration_ms=12)
FAILED = Outcome(OutcomeKind.RETRYABLE, 500, "HTTP 500", duration_ms=12)
NOT_FOUND = Outcome(OutcomeKind.PERMANENT, 404, "HTTP 404", duration_ms=12)
GONE = Outcome(OutcomeKind.CHANNEL_GONE, 410, "HTTP 410", duration_ms=12)
WEBHOOK = ChannelConfig("webhook-default", ChannelKind.WEBHOOK, {"url": "https://hooks.example/x"})
SLACK = ChannelConfig("slack-default", ChannelKind.SLACK, {"url": "certctl/test/channels/slack"})
PLENTY = timedelta(minutes=5)


def throttled(retry_after: float | None = None) -> Outcome:
    return Outcome(OutcomeKind.THROTTLED, 429, "HTTP 429", retry_after, 12)


class Crash(BaseException):
    """Simulates the death of the process: none of our code may catch it."""


@dataclass(frozen=True)
class Sent:
    """One call of the provider."""

    id: str
    channel_id: str
    at: datetime
    outcome: OutcomeKind


@dataclass
class Provider:
    """Returns the next outcome of `script`, else `outcome`; `before` and `after` run around each send."""

    clock: Clock
    outcome: Outcome = DELIVERED
    script: list[Outcome] = field(default_factory=list)
    sends: list[Sent] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    def send(self, channel: ChannelConfig, message: Message, deadline_seconds: float) -> Outcome:
        self.before()
        outcome = self.script.pop(0) if self.script else self.outcome
        self.sends.append(Sent(message.notification_id, channel.channel_id, self.clock(), outcome.kind))
        self.after()
        return outcome

    def deliveries(self, notification_id: str) -> int:
        return sum(s.id == notification_id and s.outcome is OutcomeKind.DELIVERED for s in self.sends)


@dataclass(frozen=True)
class _Scripted:
    """The notifier of every channel."""

    channel: ChannelConfig
    provider: Provider

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        return self.provider.send(self.channel, message, deadline_seconds)


@dataclass
class DeadLetterQueue:
    messages: list[dict[str, Any]] = field(default_factory=list)
    is_down: bool = False
    after: Callable[[], None] = lambda: None

    def send(self, body: Any) -> None:
        if self.is_down:
            raise ConnectionError("the queue is down")
        self.messages.append(dict(body))
        self.after()

    @property
    def ids(self) -> list[str]:
        return [message["id"] for message in self.messages]


class Engine:
    """Every service is made again at each use, as in a process that has just started."""

    def __init__(self, database: Database, clock: Clock | None = None, **retry: Any) -> None:
        self.database = database
        self.clock = clock or Clock()
        self.provider = Provider(self.clock)
        self.dead_letter_queue = DeadLetterQueue()
        self.nudges: list[tuple[Nudge, float]] = []
        self.channels: dict[str, ChannelConfig] = {c.channel_id: c for c in (WEBHOOK, SLACK)}
        self.schedule = DeliverySchedule(
            RetrySchedule(**({"max_attempts": 5, "base_seconds": 60.0, "cap_seconds": 3600.0} | retry)),
            timedelta(hours=72),
        )
        self.timing = Timing()
        self.flood_limit = 1_000_000
        self.breaker = BreakerPolicy()
        self.limits = SweepLimits()
        self.random: Callable[[], float] = lambda: 0.0
        self.store = NotificationStore(database)
        self.states = ChannelStateStore(database)
        self.counters = CounterStore(database)
        self.send_counts = SendCounts(NotificationSendStore(database))
        self.notifiers = Notifiers(
            lambda: providers(loopback_http(), secrets_of({})),
            dict.fromkeys(ChannelKind, lambda channel, _: _Scripted(channel, self.provider)),
        )

    @property
    def overrides(self) -> Overrides:
        return Overrides(now=self.clock, random=self.random, database=self.database, queue=self._queue)

    def _queue(self, name: str) -> Queue:
        return queue_into(self._take_dead if name == "dead_letter" else self._take, name)

    def _take_dead(self, body: dict[str, Any], _: int) -> None:
        self.dead_letter_queue.send(body)

    def _take(self, body: dict[str, Any], wait: int) -> None:
        self.nudge(Nudge(body["id"], body["epoch"]), wait)

    def nudge(self, nudge: Nudge, wait: float) -> None:
        self.nudges.append((nudge, wait))

    @property
    def cached_states(self) -> CachedChannelStates:
        return CachedChannelStates(self.states, self.clock)

    def deliveries(self, cached: CachedChannelStates | None = None) -> DeliveryFactories:
        return self._set_up(NotificationWorker(self.overrides).deliveries, cached or self.cached_states)

    def _set_up(self, deliveries: DeliveryFactories, cached: CachedChannelStates) -> DeliveryFactories:
        """With the engine's settings in place of those of a stack."""
        deliveries.base.actor = ACTOR
        deliveries.routing.channels = self._cached_channels
        deliveries.notifications.store = self.store
        deliveries.notifications.schedule = self.schedule
        deliveries.states, deliveries.cached_states = self.states, cached
        deliveries.breaker_policy, deliveries.flood_limit = self.breaker, self.flood_limit
        deliveries.timing = self.timing
        deliveries.send_counts = self.send_counts
        deliveries.outbound.notifiers = self.notifiers
        return deliveries

    @property
    def _cached_channels(self) -> CachedChannels:
        return CachedChannels(list(self.channels.values()), ChannelRecordStore(self.database), self.clock)

    @property
    def dead_letters(self) -> DeadLetters:
        return self.deliveries().dead_letters

    def outages(self, cached: CachedChannelStates) -> ChannelOutages:
        return self.deliveries(cached).outages

    @property
    def delivery(self) -> Delivery:
        return self.deliveries().delivery

    @property
    def recorded(self) -> list[tuple[str, str]]:
        """Channel and outcome of each attempt."""
        self.send_counts.flush()
        return list(Counter(NotificationFigures(self.database).sends()).elements())

    @property
    def sweeping(self) -> NotificationSweep:
        schedule = RetrySweepSchedule(self.overrides)
        self._set_up(schedule.deliveries, self.cached_states)
        schedule.limits = self.limits
        return schedule.sweep

    @property
    def lists(self) -> NotificationLists:
        return NotificationsApi(self.overrides).notification_lists

    @property
    def requeueing(self) -> NotificationRequeue:
        return NotificationsApi(self.overrides).requeueing

    def queued(self, **changes: Any) -> str:
        """The id of a new row, due now."""
        row = a_notification(self.clock(), **changes)
        self.database.write(self.store.create_step(row))
        return row.id

    def with_webhook_only(self) -> None:
        """No other channel can carry alerts about it."""
        self.channels.pop(SLACK.channel_id, None)

    def deliver(self, notification_id: str) -> None:
        self.delivery.deliver(notification_id)

    def sweep(self) -> Any:
        return self.sweeping.run(lambda: PLENTY)

    def row(self, notification_id: str) -> Notification:
        row = self.store.get(notification_id)
        assert row is not None
        return row

    def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def run_ladder(self, notification_id: str, attempts: int) -> None:
        """Makes this many attempts, each as soon as it is due."""
        for _ in range(attempts):
            due_at = self.row(notification_id).due.due_at
            if due_at is not None and due_at > self.clock():
                self.clock.time = due_at
            self.deliver(notification_id)

    def totals(self) -> dict[str, int]:
        return dict(self.counters.totals())


def ids_of(rows: Iterable[Notification]) -> set[str]:
    return {row.id for row in rows}
