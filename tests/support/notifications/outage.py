"""A day on which one channel is down, in virtual time: rows arrive, nudges arrive on time, sweeps run. One
process sends; each send takes `send_seconds` of virtual time, whatever its outcome. The real time of the
database is not counted."""

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.errors import Unavailable
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.database import ConditionFailed
from tests.support.notifications.engine import DELIVERED, FAILED, SLACK, WEBHOOK, Engine
from tests.support.notifications.rows import a_notification

_WRITES = ("put_item", "update_item", "transact_write_items")
_BURST = 0.2
_PATIENCE = timedelta(hours=8)


@dataclass(frozen=True)
class Day:
    """A fifth of the failing channel's `rows` exist when the outage begins; the others arrive evenly during
    it, and one of the other channel every `elsewhere_seconds`."""

    rows: int
    outage: timedelta = timedelta(hours=24)
    sweep_seconds: float = 120
    sweep_time: timedelta = timedelta(seconds=110)
    probe_seconds: float = 60
    elsewhere_seconds: float = 60
    send_seconds: float = 1 / 60


@dataclass
class Figures:
    """Times in seconds after the channel's return; latencies from a row's arrival to its delivery."""

    statuses: Counter[str] = field(default_factory=Counter)
    charged: int = 0
    most_charged: int = 0
    sends_during_outage: int = 0
    sweeps: int = 0
    writes_of_day: int = 0
    recovered: list[float] = field(default_factory=list)
    latencies_elsewhere: list[float] = field(default_factory=list)

    def recovered_share(self, share: float) -> float:
        """When that share of the rows was delivered."""
        times = sorted(self.recovered)
        return times[min(int(share * len(times)), len(times) - 1)]


class OutageRun:
    def __init__(self, engine: Engine, day: Day) -> None:
        self.engine, self.day = engine, day
        self.began = engine.clock()
        self.returns = self.began + day.outage
        self.figures = Figures()
        self.ids: list[str] = []
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._lock = threading.Lock()
        self._arrived: dict[str, datetime] = {}
        engine.breaker = BreakerPolicy(interval=timedelta(seconds=day.probe_seconds))
        engine.provider.send = self._send  # type: ignore[method-assign]  # down for a day
        engine.nudge = self._nudged  # type: ignore[method-assign]  # a queue with delays
        self._worker = engine.delivery

    def run(self) -> Figures:
        """Until every row has reached a final state."""
        self._plan()
        with _counted(self.engine.database.client) as writes:
            while self._agenda and not (self._is_over() and self._all_settled()):
                at, _, act = heapq.heappop(self._agenda)
                if at >= self.returns and not self.figures.writes_of_day:
                    self.figures.writes_of_day = writes.total()
                self.engine.clock.time = max(self.engine.clock(), at)
                act()
        self._collect()
        return self.figures

    def _plan(self) -> None:
        burst = int(self.day.rows * _BURST)
        steady = self.day.rows - burst
        for _ in range(burst):
            self._at(self.began, self._arrival)
        for number in range(steady):
            self._at(self.began + self.day.outage * (number / steady), self._arrival)
        for number in range(int(self.day.outage.total_seconds() // self.day.elsewhere_seconds)):
            moment = self._after(number * self.day.elsewhere_seconds)
            self._at(moment, partial(self._arrival_elsewhere, moment))
        self._at(self._after(self.day.sweep_seconds), self._sweep)

    def _after(self, seconds: float) -> datetime:
        return self.began + timedelta(seconds=seconds)

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), act))

    def _arrival(self) -> None:
        self.ids.append(self._queued(WEBHOOK))
        self._deliver(self.ids[-1])

    def _arrival_elsewhere(self, moment: datetime) -> None:
        row_id = self._queued(SLACK)
        self._arrived[row_id] = moment
        self._deliver(row_id)

    def _queued(self, channel: ChannelConfig) -> str:
        row = a_notification(self.engine.clock(), channel=channel.kind, channel_id=channel.channel_id)
        with suppress(
            ConditionFailed
        ):  # written without a timely response: those of a busy machine come late
            self.engine.database.write(self.engine.store.create_step(row))
        return row.id

    @property
    def rows_elsewhere(self) -> int:
        return len(self._arrived)

    def _deliver(self, row_id: str) -> None:
        with suppress(Unavailable):  # the sweep brings it back
            self._worker.deliver(row_id)

    def _nudged(self, nudge: Any, wait: float) -> None:
        moment = self.engine.clock() + timedelta(seconds=wait)
        with self._lock:
            self._at(moment, partial(self._deliver, nudge.id))

    def _sweep(self) -> None:
        """Lasts at most as long as an invocation; the next begins on time, or when this one has ended."""
        self.figures.sweeps += 1
        began = self.engine.clock()
        ends = began + self.day.sweep_time
        self.engine.sweeping.run(lambda: ends - self.engine.clock())
        self._at(max(began + timedelta(seconds=self.day.sweep_seconds), self.engine.clock()), self._sweep)

    def _send(self, channel: ChannelConfig, message: Message, deadline_seconds: float) -> Outcome:
        with self._lock:
            self.engine.advance(self.day.send_seconds)
            now = self.engine.clock()
            is_down = channel.channel_id == WEBHOOK.channel_id and now < self.returns
            self.figures.sends_during_outage += is_down
            if message.notification_id in self._arrived and now < self.returns:
                took = now - self._arrived[message.notification_id]
                self.figures.latencies_elsewhere.append(took.total_seconds())
            if channel.channel_id == WEBHOOK.channel_id and not is_down:
                self.figures.recovered.append((now - self.returns).total_seconds())
        return FAILED if is_down else DELIVERED

    def _is_over(self) -> bool:
        now = self.engine.clock()
        assert now < self.returns + _PATIENCE, "it takes too long"
        return now >= self.returns and len(self.figures.recovered) >= self.day.rows

    def _all_settled(self) -> bool:
        later = self.engine.clock() + timedelta(days=1)
        return not any(next(self.engine.store.nominated(shard, later), None) for shard in range(8))

    def _collect(self) -> None:
        for start in range(0, len(self.ids), 100):
            for row in self.engine.store.get_many(self.ids[start : start + 100]):
                self.figures.statuses[row.status.value] += 1
                self.figures.charged += row.retry_count > 0
                self.figures.most_charged = max(self.figures.most_charged, row.retry_count)

    @property
    def all_delivered(self) -> bool:
        return self.figures.statuses == {NotificationStatus.SENT.value: self.day.rows}


@contextmanager
def _counted(client: Any) -> Iterator[Counter[str]]:
    """Write requests of all threads, by call."""
    counts: Counter[str] = Counter()
    lock = threading.Lock()
    real = {name: getattr(client, name) for name in _WRITES}

    def counting(name: str) -> Any:
        def call(**request: Any) -> Any:
            with lock:
                counts[name] += 1
            return real[name](**request)

        return call

    for name in _WRITES:
        setattr(client, name, counting(name))
    try:
        yield counts
    finally:
        for name in _WRITES:
            setattr(client, name, real[name])
