"""The sweep: finds due rows whose nudge was lost or whose wait was long, and late dead letters."""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.errors import Unavailable
from certctl.domain.ids import DUE_SHARDS, time_of
from certctl.domain.notifications.delivery import DeliverySchedule
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.observability import logger
from certctl.services.notifications.dead_letters import DeadLetters
from certctl.services.notifications.delivery import Delivery
from certctl.services.notifications.outages import ChannelOutages
from certctl.store.channels.states import CachedChannelStates
from certctl.store.locks import LockStore
from certctl.store.notifications.deferred import DeferredAlerts
from certctl.store.notifications.notifications import Nomination, NotificationStore

LOCK = "notification_sweep"
_POLL_SECONDS = 1.0
_DEAD_LETTERS = "\x00dead letters"
_AT_ONCE = timedelta(seconds=5)
_TAKEN_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True)
class SweepLimits:
    at_once: int = 16
    """Sends in all."""
    per_channel: int = 8
    """The most of them to one destination."""
    backlog: int = 10_000
    """Rows in memory at most."""
    reserve: timedelta = timedelta(seconds=50)
    """One send and a margin: with less time left no row is claimed."""
    lock_margin: timedelta = timedelta(seconds=5)
    """How long the lock outlasts the invocation."""


@dataclass
class SweepReport:
    ran: bool = True
    """False if another sweep was running."""
    handled: int = 0
    skipped: int = 0
    """Rows that still wait for a paused or open channel."""
    left: int = 0
    """Rows for the next sweep."""
    untaken: int = 0
    """First attempts that were due for so long that no worker seems to take any."""
    undeferred: int = 0
    """Deferred alerts whose rows were written."""
    errors: int = 0
    unreadable_shards: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class NotificationSweep:
    notifications: NotificationStore
    locks: LockStore
    states: CachedChannelStates
    deferred: DeferredAlerts
    delivery: Delivery
    dead_letters: DeadLetters
    outages: ChannelOutages
    schedule: DeliverySchedule
    now: Callable[[], datetime]
    limits: SweepLimits = field(default_factory=SweepLimits)

    def run(self, remaining: Callable[[], timedelta]) -> SweepReport:
        """Handles the due rows of all shards, oldest first, while time remains. One sweep runs at a time in
        the whole stack. Raises Unavailable at the end if a shard could not be read to its end."""
        owner, now = uuid4().hex, self.now()
        until = now + remaining() + self.limits.lock_margin
        if not self.locks.take(LOCK, owner, now, until):
            return SweepReport(ran=False)
        try:
            report = self._sweep(remaining)
        finally:
            self.locks.release(LOCK, owner)
        logger.info("swept", extra={"report": vars(report)})
        if report.unreadable_shards:
            raise Unavailable(f"Shards {report.unreadable_shards} could not be read to their end.")
        return report

    def _sweep(self, remaining: Callable[[], timedelta]) -> SweepReport:
        report = SweepReport()

        def has_time() -> bool:
            return remaining() > self.limits.reserve

        self._write_deferred(report, has_time)
        with ThreadPoolExecutor(self.limits.at_once, thread_name_prefix="sweep") as pool:
            lanes = _Lanes(pool, self.limits, self._at_once, self._handle, report)
            skipped = self._pass(lanes, report, has_time)
            while has_time() and any(not self._holds_up(channel_id) for channel_id in skipped):
                report.skipped = 0
                skipped = self._pass(lanes, report, has_time)
        self._alert_overdue_channels()
        return report

    def _write_deferred(self, report: SweepReport, has_time: Callable[[], bool]) -> None:
        """Comes first: rows that are written now are due now."""
        try:
            report.undeferred = self.deferred.write(has_time)
        except Unavailable:
            report.errors += 1
            logger.exception("deferred notifications could not be written")

    def _alert_overdue_channels(self) -> None:
        """Comes last, and never fails the sweep: deliveries matter more."""
        try:
            self.outages.alert_overdue()
        except Exception:
            logger.exception("channels could not be checked for outages")

    def _pass(self, lanes: "_Lanes", report: SweepReport, has_time: Callable[[], bool]) -> set[str]:
        """Goes once through all shards. Returns the channels whose rows were left waiting: a probe may have
        closed the breaker of one since, and its rows need not wait for the next run."""
        skipped: Counter[str] = Counter()
        for row in self._due(report):
            if not has_time():
                report.left += 1
                break
            if self._waits(row) and not self.schedule.may_be_old(row.id, self.now()):
                skipped[row.channel_id] += 1
            else:
                report.untaken += self._is_untaken(row)
                lanes.add(row, has_time)
        lanes.drain(has_time)
        report.skipped += skipped.total()
        return skipped.keys() | lanes.take_skipped()

    def _due(self, report: SweepReport) -> Iterator[Nomination]:
        now = self.now()
        shards = [self._shard(number, now, report) for number in range(DUE_SHARDS)]
        return heapq.merge(*shards, key=lambda row: row.due_at)

    def _shard(self, number: int, now: datetime, report: SweepReport) -> Iterator[Nomination]:
        """A page that cannot be read ends this shard and no other."""
        try:
            yield from self.notifications.nominated(number, now)
        except Unavailable:
            logger.exception("a shard could not be read", extra={"shard": number})
            report.unreadable_shards.append(number)

    def _is_untaken(self, row: Nomination) -> bool:
        """Whether the row's nudge was sent a minute ago, and it has been due since its creation: no retry."""
        is_first = row.status is NotificationStatus.PENDING and row.due_at <= time_of(row.id) + _AT_ONCE
        return is_first and row.due_at <= self.now() - _TAKEN_WITHIN

    def _waits(self, row: Nomination) -> bool:
        """Decides by the index alone, without a write."""
        return row.status is not NotificationStatus.DEAD and self._holds_up(row.channel_id)

    def _holds_up(self, channel_id: str) -> bool:
        return self.states.find(channel_id).holds_up(self.now())

    def _at_once(self, lane: str) -> int:
        """One row at a time probes an open channel."""
        is_open = lane != _DEAD_LETTERS and self.states.find(lane).opened_at is not None
        return 1 if is_open else self.limits.per_channel

    def _handle(self, row: Nomination) -> bool:
        """Returns False if the row waits for its channel. The index may be stale: the row itself is read
        before any action."""
        if row.status is NotificationStatus.DEAD:
            self.dead_letters.publish(row.id)
        elif self._waits(row) and not self._is_old(row):
            return False
        else:
            self.delivery.deliver(row.id)
        return True

    def _is_old(self, row: Nomination) -> bool:
        """Old rows wait for no channel. The id contains the creation time; only the row itself has the time
        of its last requeue."""
        now = self.now()
        if not self.schedule.may_be_old(row.id, now):
            return False
        stored = self.notifications.get(row.id)
        return stored is not None and self.schedule.is_old(stored.queued_at, now)


class _Lanes:
    """Queues, one per channel, so that a slow destination delays its own rows only. Used by one thread."""

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
        """Returns when there is room for another row."""
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
        """Returns the lanes with rows that had to wait after all, and forgets them."""
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
