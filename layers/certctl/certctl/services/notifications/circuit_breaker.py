"""What a row may do at its channel, and what its answer tells of the channel (docs/adr/0012)."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.channels.channels import ChannelState
from certctl.domain.channels.circuit_breaker import (
    Answer,
    BreakerPolicy,
    Parked,
    Passage,
    ProbeDue,
    failures_in_a_row,
    passage,
)
from certctl.domain.due_work import Claim, Nudge
from certctl.domain.errors import Conflict, Unavailable
from certctl.domain.notifications.delivery import DeliverySchedule
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.observability import logger
from certctl.store.channels.states import CachedChannelStates, ChannelStateStore

_REMEMBERED = timedelta(hours=1)
_RECOVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Episodes:
    """How bad times of a channel end: each in one transaction, nothing where they are over already.
    `close` answers whether it was this call."""

    close: Callable[[str, ChannelState], bool]
    revive: Callable[[str, ChannelState], None]


@dataclass(frozen=True)
class Wakers:
    """Best effort. `wake(channel_id, most, wait)` nudges so many of the channel's oldest due rows, and says
    how many there were; `nudge` one row; waits are in seconds."""

    wake: Callable[[str, int, float], int]
    nudge: Callable[[Nudge, float], None]


class ChannelGates:
    def __init__(
        self,
        states: ChannelStateStore,
        cached_states: CachedChannelStates,
        episodes: Episodes,
        wakers: Wakers,
        schedule: DeliverySchedule,
        policy: BreakerPolicy,
        now: Callable[[], datetime],
    ) -> None:
        self._states = states
        self._cached_states = cached_states
        self._episodes = episodes
        self._wakers = wakers
        self._schedule = schedule
        self._policy = policy
        self._now = now
        self._memory = _Memory()

    def look(self, row: Notification) -> Passage:
        """Trouble is read again, consistently: rows that a closing breaker wakes must not be parked by what
        this process remembers."""
        state = self._cached_states.find(row.channel_id)
        if state.is_trouble(self._now()):
            state = self._cached_states.find_now(row.channel_id)
        return passage(row, state, self._schedule, self._policy, self._now())

    def take_probe(self, claim: Claim, channel_id: str, due: ProbeDue) -> bool:
        """Whether this claim is the one that tries the channel."""
        now = self._now()
        until = now + max(self._policy.interval, self._policy.lease)
        is_ours = self._states.take_probe(channel_id, due.seen, claim.token, now, until)
        self._cached_states.forget()
        return is_ours

    def park(self, claim: Claim, channel_id: str, parked: Parked) -> None:
        """One of this process's new rows comes back for each probe: enough to find one, no storm."""
        wait = (parked.probe_at - self._now()).total_seconds()
        if claim.attempt == 1 and self._memory.is_first_of(channel_id, parked.probe_at):
            self._wakers.nudge(Nudge(claim.id, claim.epoch), max(wait, 0))

    def pause(self, channel_id: str, until: datetime) -> None:
        with suppress(Unavailable):
            self._states.pause(channel_id, until)
            self._cached_states.forget()

    def heard(self, answer: Answer) -> None:
        """Whatever the provider says proves that it is there; only what may be tried again speaks against
        it. Best effort: the next answer says the same."""
        try:
            if answer.outcome.kind is OutcomeKind.RETRYABLE:
                self._failed(answer)
            else:
                self._reached(answer)
        except (Conflict, Unavailable):
            logger.warning("a channel's answer was not noted", exc_info=True)

    def _reached(self, answer: Answer) -> None:
        channel_id = answer.row.channel_id
        self._memory.succeeded(channel_id, answer.at)
        state = self._cached_states.find(channel_id)
        if state.disabled_at is not None and answer.outcome.went_through:
            self._episodes.revive(channel_id, state)
        if state.opened_at is not None and answer.outcome.kind is not OutcomeKind.CHANNEL_GONE:
            self._close(channel_id, state)
        elif state.closed_at is not None and answer.at - state.closed_at < _RECOVERY:
            self._wake_more(channel_id)

    def _close(self, channel_id: str, state: ChannelState) -> None:
        if self._episodes.close(channel_id, state):
            logger.warning("a channel works again", extra={"channel_id": channel_id})
            self._wakers.wake(channel_id, self._policy.woken, 0)

    def _wake_more(self, channel_id: str) -> None:
        """What waited through an outage need not wait for the sweep: who has sent as many as were woken
        wakes the next ones."""
        if self._memory.recovered(channel_id) % self._policy.woken == 0:
            self._wakers.wake(channel_id, self._policy.woken, 0)

    def _failed(self, answer: Answer) -> None:
        if isinstance(answer.passage, ProbeDue):
            self._fail_probe(answer, answer.passage.interval)
            return
        state = self._cached_states.find(answer.row.channel_id)
        failures = self._failures_in_a_row(answer, state)
        if failures >= self._policy.failures and state.state == "closed":
            self._open(answer, state)

    def _failures_in_a_row(self, answer: Answer, state: ChannelState) -> int:
        """With this one. Counted without a write: by what this process saw, or by the row's own trail."""
        channel_id = answer.row.channel_id
        since = _latest(state.closed_at, self._memory.success(channel_id))
        seen = self._memory.failed(channel_id, answer.at, since)
        return max(seen, failures_in_a_row(answer.row.attempts, since) + 1)

    def _open(self, answer: Answer, state: ChannelState) -> None:
        channel_id, interval = answer.row.channel_id, self._policy.interval
        error = answer.outcome.error
        is_ours = self._states.open(channel_id, state, answer.at, answer.at + interval, error)
        self._cached_states.forget()
        if is_ours:
            logger.error("a channel is failing", extra={"channel_id": channel_id, "error": error})
            self._wakers.wake(channel_id, 1, interval.total_seconds())

    def _fail_probe(self, answer: Answer, interval: timedelta) -> None:
        """Another row is the next probe, so that one that fails by itself keeps no channel open."""
        channel_id, wait = answer.row.channel_id, interval.total_seconds()
        self._states.fail_probe(channel_id, answer.claim.token, answer.at + interval, answer.outcome.error)
        self._cached_states.forget()
        if not self._wakers.wake(channel_id, 1, wait):
            self._wakers.nudge(Nudge(answer.claim.id, answer.claim.epoch), wait)


class _Memory:
    """What this process saw of its channels. Safe between threads."""

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
        """How many there were since then, with this one."""
        oldest = _latest(at - _REMEMBERED, since)
        with self._lock:
            kept = [t for t in self._failures.get(channel_id, []) if oldest is None or t > oldest]
            self._failures[channel_id] = [*kept, at]
            return len(self._failures[channel_id])

    def recovered(self, channel_id: str) -> int:
        """How many were sent while the channel recovered, with this one."""
        with self._lock:
            self._recovered[channel_id] += 1
            return self._recovered[channel_id]

    def is_first_of(self, channel_id: str, probe_at: datetime) -> bool:
        with self._lock:
            is_first = self._nudged.get(channel_id) != probe_at
            self._nudged[channel_id] = probe_at
            return is_first


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
