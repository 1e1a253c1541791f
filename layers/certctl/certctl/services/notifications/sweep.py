"""The sweep: finds due rows whose nudge was lost or whose wait was long, and late dead letters."""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.errors import Unavailable
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.notifications.delivery import DeliverySchedule
from certctl.domain.notifications.notifications import NotificationStatus
from certctl.observability import logger
from certctl.store.channels.states import CachedChannelStates
from certctl.store.locks import LockStore
from certctl.store.notifications.deferred import DeferredAlerts
from certctl.store.notifications.notifications import Nomination, NotificationStore

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
    """What is done to a row: `deliver` one attempt, or `publish_dead` its late message. `alarm` tells of
    channels that fail for long, and may raise."""

    deliver: Callable[[str], None]
    publish_dead: Callable[[str], None]
    alarm: Callable[[], None]


@dataclass
class SweepReport:
    """`undeferred` rows were written first. `skipped` rows still wait for a paused or open channel; `left`
    ones for the next sweep; `errors` could not be done now. `ran` is false where another sweep was at work.
    """

    ran: bool = True
    handled: int = 0
    skipped: int = 0
    left: int = 0
    undeferred: int = 0
    errors: int = 0
    unreadable_shards: list[int] = field(default_factory=list)


class NotificationSweep:
    def __init__(
        self,
        notifications: NotificationStore,
        locks: LockStore,
        states: CachedChannelStates,
        deferred: DeferredAlerts,
        sweepers: Sweepers,
        schedule: DeliverySchedule,
        now: Callable[[], datetime],
        limits: SweepLimits | None = None,
    ) -> None:
        self._notifications = notifications
        self._locks = locks
        self._states = states
        self._deferred = deferred
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

        def has_time() -> bool:
            return remaining() > self._limits.reserve

        self._write_deferred(report, has_time)
        with ThreadPoolExecutor(self._limits.at_once, thread_name_prefix="sweep") as pool:
            lanes = _Lanes(pool, self._limits, self._at_once, self._handle, report)
            skipped = self._pass(lanes, report, has_time)
            while has_time() and any(not self._holds_up(channel_id) for channel_id in skipped):
                report.skipped = 0
                skipped = self._pass(lanes, report, has_time)
        self._alarm()
        return report

    def _write_deferred(self, report: SweepReport, has_time: Callable[[], bool]) -> None:
        """Those that are written now are due now."""
        try:
            report.undeferred = self._deferred.write(has_time)
        except Unavailable:
            report.errors += 1
            logger.exception("deferred notifications could not be written")

    def _alarm(self) -> None:
        """Deliveries come first: nothing of this costs them anything."""
        try:
            self._sweepers.alarm()
        except Exception:
            logger.exception("channels could not be looked at")

    def _pass(self, lanes: "_Lanes", report: SweepReport, has_time: Callable[[], bool]) -> set[str]:
        """Once through all shards. The channels whose rows were left waiting: a probe may have closed one
        meanwhile, and its rows need not wait for the next run."""
        skipped: Counter[str] = Counter()
        for row in self._due(report):
            if not has_time():
                report.left += 1
                break
            if self._waits(row) and not self._schedule.may_be_old(row.id, self._now()):
                skipped[row.channel_id] += 1
            else:
                lanes.add(row, has_time)
        lanes.drain(has_time)
        report.skipped += skipped.total()
        return skipped.keys() | lanes.take_skipped()

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
        """By the index alone, without a write."""
        return row.status is not NotificationStatus.DEAD and self._holds_up(row.channel_id)

    def _holds_up(self, channel_id: str) -> bool:
        return self._states.find(channel_id).holds_up(self._now())

    def _at_once(self, lane: str) -> int:
        """One row tries an open channel."""
        is_open = lane != _DEAD_LETTERS and self._states.find(lane).opened_at is not None
        return 1 if is_open else self._limits.per_channel

    def _handle(self, row: Nomination) -> bool:
        """Whether it was not its turn to wait. The index may be behind: both read the row itself before
        they act."""
        if row.status is NotificationStatus.DEAD:
            self._sweepers.publish_dead(row.id)
        elif self._waits(row) and not self._is_old(row):
            return False
        else:
            self._sweepers.deliver(row.id)
        return True

    def _is_old(self, row: Nomination) -> bool:
        """Old rows wait for no channel. Their id says when they were made; when they were queued last, only
        the row itself does."""
        now = self._now()
        if not self._schedule.may_be_old(row.id, now):
            return False
        stored = self._notifications.get(row.id)
        return stored is not None and self._schedule.is_old(stored.queued_at, now)


class _Lanes:
    """A queue per channel, so that a slow destination holds up its own rows only. Used by one thread."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        limits: SweepLimits,
        at_once: Callable[[str], int],
        handle: Callable[[Nomination], bool],
        report: SweepReport,
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._at_once = at_once
        self._handle = handle
        self._report = report
        self._waiting: dict[str, deque[Nomination]] = defaultdict(deque)
        self._busy: Counter[str] = Counter()
        self._running: dict[Future[bool], str] = {}
        self._skipped: set[str] = set()

    def add(self, row: Nomination, has_time: Callable[[], bool]) -> None:
        """Returns once there is room for another."""
        self._waiting[_lane(row)].append(row)
        self._start()
        while self._is_full() and has_time():
            self._wait()

    def drain(self, has_time: Callable[[], bool]) -> None:
        while self._running or self._waiting:
            if not has_time():
                self._report.left += sum(map(len, self._waiting.values()))
                self._waiting.clear()
            self._wait()

    def take_skipped(self) -> set[str]:
        """The lanes whose rows found at the last moment that they have to wait."""
        taken, self._skipped = self._skipped, set()
        return taken

    def _is_full(self) -> bool:
        backlog = sum(map(len, self._waiting.values()))
        return backlog >= self._limits.backlog or (backlog > 0 and self._idle_threads() == 0)

    def _idle_threads(self) -> int:
        return self._limits.at_once - len(self._running)

    def _start(self) -> None:
        for lane in list(self._waiting):
            rows, at_once = self._waiting[lane], self._at_once(lane)
            while rows and self._idle_threads() > 0 and self._busy[lane] < at_once:
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
            lane = self._running.pop(future)
            self._busy[lane] -= 1
            self._count(lane, future)
        self._start()

    def _count(self, lane: str, future: Future[bool]) -> None:
        """One row's failure never stops the others."""
        error = future.exception()
        self._report.errors += error is not None
        if error is not None:
            logger.error("a row could not be handled", exc_info=error)
        elif future.result():
            self._report.handled += 1
        else:
            self._report.skipped += 1
            self._skipped.add(lane)


def _lane(row: Nomination) -> str:
    return _DEAD_LETTERS if row.status is NotificationStatus.DEAD else row.channel_id
