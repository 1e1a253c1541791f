"""The circuit breakers of channels: what a row may do at its channel, and what its result implies for the
channel (docs/adr/0012)."""

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from certctl.domain.channels.channels import ChannelConfig, ChannelState
from certctl.domain.due_work import Claim, Nudge
from certctl.domain.errors import AwsRefusal, Conflict, Unavailable
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.notifications.circuit_breaker import (
    AttemptResult,
    BreakerPolicy,
    Probe,
    Verdict,
    Wait,
    failures_in_a_row,
    verdict_on,
)
from certctl.domain.notifications.delivery import DeliverySchedule
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.observability import logger
from certctl.services.notifications.outages import ChannelOutages
from certctl.store.channels.states import CachedChannelStates, ChannelStateStore
from certctl.store.notifications.notifications import Nomination, NotificationStore
from certctl.unit_of_work.nudges import Nudges

_REMEMBERED = timedelta(hours=1)
_RECOVERY = timedelta(minutes=15)
_DUE_ROWS_READ = 2_000
_ANY_EPOCH = 0


class _Memory:
    """The results that this process saw of its channels. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[str, list[datetime]] = {}
        self._successes: dict[str, datetime] = {}
        self._nudged: dict[str, datetime] = {}
        self._recovered: Counter[str] = Counter()

    def succeeded(self, channel_id: str, at: datetime) -> None:
        with self._lock:
            self._successes[channel_id] = at

    def success(self, channel_id: str) -> datetime | None:
        with self._lock:
            return self._successes.get(channel_id)

    def failed(self, channel_id: str, at: datetime, since: datetime | None) -> int:
        """The failures since then, including this one."""
        oldest = _latest(at - _REMEMBERED, since)
        with self._lock:
            kept = [t for t in self._failures.get(channel_id, []) if oldest is None or t > oldest]
            self._failures[channel_id] = [*kept, at]
            return len(self._failures[channel_id])

    def recovered(self, channel_id: str) -> int:
        """The sends while the channel recovered, including this one."""
        with self._lock:
            self._recovered[channel_id] += 1
            return self._recovered[channel_id]

    def is_first_of(self, channel_id: str, probe_at: datetime) -> bool:
        with self._lock:
            is_first = self._nudged.get(channel_id) != probe_at
            self._nudged[channel_id] = probe_at
            return is_first


@dataclass(frozen=True)
class CircuitBreakers:
    notifications: NotificationStore
    states: ChannelStateStore
    cached_states: CachedChannelStates
    outages: ChannelOutages
    nudges: Nudges
    schedule: DeliverySchedule
    policy: BreakerPolicy
    now: Callable[[], datetime]
    _memory: _Memory = field(default_factory=_Memory, init=False)

    def check(self, row: Notification) -> Verdict:
        """Decides what a claimed row may do."""
        return verdict_on(row, self._state(row.channel_id), self.schedule, self.policy, self.now())

    def is_current(self, channel: ChannelConfig) -> bool:
        """Whether no edit is known since these settings. The edit of a channel that works may be unknown for
        5 s."""
        return channel.version is None or self._state(channel.channel_id).is_about(channel.version)

    def _state(self, channel_id: str) -> ChannelState:
        """Reads that of a channel in trouble again, consistently: rows after its recovery or repair must not
        wait, or be sent to the old address, because of this process's cache."""
        state = self.cached_states.find(channel_id)
        return self.cached_states.find_now(channel_id) if state.is_trouble(self.now()) else state

    def is_current_now(self, channel: ChannelConfig) -> bool:
        """Read consistently, so that no later use of this process has older settings."""
        return channel.version is None or self.cached_states.find_now(channel.channel_id).is_about(
            channel.version
        )

    def acquire_probe(self, claim: Claim, channel_id: str, probe: Probe) -> bool:
        """Returns whether this claim is the one that probes the channel."""
        now = self.now()
        until = now + max(self.policy.interval, self.policy.lease)
        is_ours = self.states.take_probe(channel_id, probe.seen, claim.token, now, until)
        self.cached_states.forget()
        return is_ours

    def defer(self, claim: Claim, channel_id: str, wait: Wait) -> None:
        """Nudges one of this process's new rows for each probe: enough to find one, no storm."""
        seconds = (wait.probe_at - self.now()).total_seconds()
        if claim.attempt == 1 and self._memory.is_first_of(channel_id, wait.probe_at):
            self.nudges.notification(Nudge(claim.id, claim.epoch), max(seconds, 0))

    def pause(self, channel_id: str, version: str | None, until: datetime) -> None:
        with suppress(Unavailable):
            self.states.pause(channel_id, version, until)
            self.cached_states.forget()

    def record(self, result: AttemptResult) -> None:
        """Any response proves that the provider is there; only retryable failures count against the channel.
        One to settings that were replaced proves nothing. Best effort: the next result has the same
        information."""
        try:
            if not self.cached_states.find(result.row.channel_id).is_about(result.version):
                return
            if result.outcome.kind is OutcomeKind.RETRYABLE:
                self._record_failure(result)
            else:
                self._record_answer(result)
        except (Conflict, Unavailable):
            logger.warning("a channel's result was not recorded", exc_info=True)

    def _record_answer(self, result: AttemptResult) -> None:
        channel_id = result.row.channel_id
        self._memory.succeeded(channel_id, result.at)
        state = self.cached_states.find(channel_id)
        if state.disabled_at is not None and result.outcome.went_through:
            self.outages.reenable(channel_id, state)
        if state.opened_at is not None and result.outcome.kind is not OutcomeKind.CHANNEL_GONE:
            self._close(channel_id, state)
        elif state.closed_at is not None and result.at - state.closed_at < _RECOVERY:
            self._nudge_more(channel_id)

    def _close(self, channel_id: str, state: ChannelState) -> None:
        if self.outages.recover(channel_id, state):
            logger.warning("a channel works again", extra={"channel_id": channel_id})
            self.nudge_due_rows(channel_id, self.policy.woken, 0)

    def _nudge_more(self, channel_id: str) -> None:
        """Rows that waited through an outage need not wait for the sweep: a process that has sent as many as
        were nudged nudges the next ones."""
        if self._memory.recovered(channel_id) % self.policy.woken == 0:
            self.nudge_due_rows(channel_id, self.policy.woken, 0)

    def _record_failure(self, result: AttemptResult) -> None:
        if isinstance(result.verdict, Probe):
            self._fail_probe(result, result.verdict.interval)
            return
        state = self.cached_states.find(result.row.channel_id)
        failures = self._failures_in_a_row(result, state)
        if failures >= self.policy.failures and state.state == "closed":
            self._open(result, state)

    def _failures_in_a_row(self, result: AttemptResult, state: ChannelState) -> int:
        """Including this one. Counted without a write: by what this process saw, or by the row's own
        trail."""
        channel_id = result.row.channel_id
        since = _latest(state.closed_at, state.edited_at, self._memory.success(channel_id))
        seen = self._memory.failed(channel_id, result.at, since)
        return max(seen, failures_in_a_row(result.row.attempts, since) + 1)

    def _open(self, result: AttemptResult, state: ChannelState) -> None:
        channel_id, interval = result.row.channel_id, self.policy.interval
        error = result.outcome.error
        is_ours = self.states.open(channel_id, state, result.at, result.at + interval, error)
        self.cached_states.forget()
        if is_ours:
            logger.error("a channel is failing", extra={"channel_id": channel_id, "error": error})
            self.nudge_due_rows(channel_id, 1, interval.total_seconds())

    def _fail_probe(self, result: AttemptResult, interval: timedelta) -> None:
        """Another row is the next probe, so that a row that always fails does not keep a channel open."""
        channel_id, wait = result.row.channel_id, interval.total_seconds()
        self.states.fail_probe(channel_id, result.claim.token, result.at + interval, result.outcome.error)
        self.cached_states.forget()
        if not self.nudge_due_rows(channel_id, 1, wait):
            self.nudges.notification(Nudge(result.claim.id, result.claim.epoch), wait)

    def nudge_due_rows(self, channel_id: str, most: int, wait: float) -> int:
        """Nudges the channel's oldest due rows, so that they need not wait for the sweep, and returns their
        number. Reads 2,000 due rows of all channels. Best effort."""
        try:
            rows = list(islice(self._due_rows(channel_id), most))
        except (Unavailable, AwsRefusal):
            logger.warning("due rows are left to the sweep", exc_info=True)
            return 0
        for row in rows:
            self.nudges.notification(Nudge(row.id, _ANY_EPOCH), wait)
        return len(rows)

    def _due_rows(self, channel_id: str) -> Iterator[Nomination]:
        now = self.now()
        shards = [self.notifications.nominated(number, now) for number in range(DUE_SHARDS)]
        for row in islice(heapq.merge(*shards, key=lambda row: row.due_at), _DUE_ROWS_READ):
            if row.channel_id == channel_id and row.status is not NotificationStatus.DEAD:
                yield row


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
