"""The sweep: finds due rows whose nudge was lost or whose wait was long, and late dead letters."""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.deliveries import DeliverySchedule
from certctl.domain.errors import Unavailable
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.notifications import NotificationStatus
from certctl.observability import logger
from certctl.store.channels import CachedChannelStates
from certctl.store.locks import LockStore
from certctl.store.notifications import Nomination, NotificationStore

LOCK = "notification_sweep"
_POLL_SECONDS = 1.0
_DEAD_LETTERS = "\x00dead letters"


@dataclass(frozen=True)
class SweepLimits:
    """`at_once` sends in all, `per_channel` to one destination; `backlog` rows are held in memory at most.
    Nothing is claimed any more when less than `reserve` is left: one send and a margin. The lock outlasts
    the invocation by `lock_margin`."""

    at_once: int = 16
    per_channel: int = 8
    backlog: int = 10_000
    reserve: timedelta = timedelta(seconds=50)
    lock_margin: timedelta = timedelta(seconds=5)


@dataclass(frozen=True)
class Sweepers:
    """What is done to a row: `deliver` one attempt, or `publish_dead` its late message."""

    deliver: Callable[[str], None]
    publish_dead: Callable[[str], None]


@dataclass
class SweepReport:
    """`skipped` rows wait for a paused channel; `left` ones for the next sweep; `errors` could not be done
    now. `ran` is false where another sweep was at work."""

    ran: bool = True
    handled: int = 0
    skipped: int = 0
    left: int = 0
    errors: int = 0
    unreadable_shards: list[int] = field(default_factory=list)


class Sweeping:
    def __init__(
        self,
        notifications: NotificationStore,
        locks: LockStore,
        states: CachedChannelStates,
        sweepers: Sweepers,
        schedule: DeliverySchedule,
        now: Callable[[], datetime],
        limits: SweepLimits | None = None,
    ) -> None:
        self._notifications = notifications
        self._locks = locks
        self._states = states
        self._sweepers = sweepers
        self._schedule = schedule
        self._now = now
        self._limits = limits or SweepLimits()

    def run(self, remaining: Callable[[], timedelta]) -> SweepReport:
        """All shards, oldest first, until no row is due or too little time remains. One at a time over the
        whole stack. Raises Unavailable at the end where a shard could not be read to its end."""
        owner, now = uuid4().hex, self._now()
        until = now + remaining() + self._limits.lock_margin
        if not self._locks.take(LOCK, owner, now, until):
            return SweepReport(ran=False)
        try:
            report = self._sweep(remaining)
        finally:
            self._locks.release(LOCK, owner)
        logger.info("swept", extra={"report": vars(report)})
        if report.unreadable_shards:
            raise Unavailable(f"Shards {report.unreadable_shards} could not be read to their end.")
        return report

    def _sweep(self, remaining: Callable[[], timedelta]) -> SweepReport:
        report = SweepReport()

        def may_go_on() -> bool:
            return remaining() > self._limits.reserve

        with ThreadPoolExecutor(self._limits.at_once, thread_name_prefix="sweep") as pool:
            lanes = _Lanes(pool, self._limits, self._handle, report)
            for row in self._due(report):
                if not may_go_on():
                    report.left += 1
                    break
                if self._waits(row):
                    report.skipped += 1
                else:
                    lanes.add(row, may_go_on)
            lanes.drain(may_go_on)
        return report

    def _due(self, report: SweepReport) -> Iterator[Nomination]:
        now = self._now()
        shards = [self._shard(number, now, report) for number in range(DUE_SHARDS)]
        return heapq.merge(*shards, key=lambda row: row.due_at)

    def _shard(self, number: int, now: datetime, report: SweepReport) -> Iterator[Nomination]:
        """A page that cannot be read ends this shard and no other."""
        try:
            yield from self._notifications.nominated(number, now)
        except Unavailable:
            logger.exception("a shard could not be read", extra={"shard": number})
            report.unreadable_shards.append(number)

    def _waits(self, row: Nomination) -> bool:
        """By the index alone, without a write. Old rows wait for no channel."""
        now = self._now()
        if row.status is NotificationStatus.DEAD or self._schedule.may_be_old(row.id, now):
            return False
        return self._states.find(row.channel_id).is_paused(now)

    def _handle(self, row: Nomination) -> None:
        """The index may be behind: both read the row itself before they act."""
        if row.status is NotificationStatus.DEAD:
            self._sweepers.publish_dead(row.id)
        elif not self._waits(row):
            self._sweepers.deliver(row.id)


class _Lanes:
    """A queue per channel, so that a slow destination holds up its own rows only. Used by one thread."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        limits: SweepLimits,
        handle: Callable[[Nomination], None],
        report: SweepReport,
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._handle = handle
        self._report = report
        self._waiting: dict[str, deque[Nomination]] = defaultdict(deque)
        self._busy: Counter[str] = Counter()
        self._running: dict[Future[None], str] = {}

    def add(self, row: Nomination, may_go_on: Callable[[], bool]) -> None:
        """Returns once there is room for another."""
        self._waiting[_lane(row)].append(row)
        self._start()
        while self._is_full() and may_go_on():
            self._wait()

    def drain(self, may_go_on: Callable[[], bool]) -> None:
        while self._running or self._waiting:
            if not may_go_on():
                self._report.left += sum(map(len, self._waiting.values()))
                self._waiting.clear()
            self._wait()

    def _is_full(self) -> bool:
        backlog = sum(map(len, self._waiting.values()))
        return backlog >= self._limits.backlog or (backlog > 0 and self._idle_threads() == 0)

    def _idle_threads(self) -> int:
        return self._limits.at_once - len(self._running)

    def _start(self) -> None:
        for lane in list(self._waiting):
            rows = self._waiting[lane]
            while rows and self._idle_threads() > 0 and self._busy[lane] < self._limits.per_channel:
                self._busy[lane] += 1
                self._running[self._pool.submit(self._handle, rows.popleft())] = lane
            if not rows:
                del self._waiting[lane]

    def _wait(self) -> None:
        if not self._running:
            self._start()
            return
        done, _ = wait(self._running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            self._busy[self._running.pop(future)] -= 1
            self._count(future)
        self._start()

    def _count(self, future: Future[None]) -> None:
        """One row's failure never stops the others."""
        error = future.exception()
        self._report.handled += error is None
        self._report.errors += error is not None
        if error is not None:
            logger.error("a row could not be handled", exc_info=error)


def _lane(row: Nomination) -> str:
    return _DEAD_LETTERS if row.status is NotificationStatus.DEAD else row.channel_id
