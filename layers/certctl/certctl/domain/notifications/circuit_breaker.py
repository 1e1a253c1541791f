"""The circuit breaker of a channel: when its rows wait, and which of them probes it (docs/adr/0012)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.channels.channels import ChannelState
from certctl.domain.due_work import Claim
from certctl.domain.notifications.delivery import Dead, DeliverySchedule, Random, Retry, Sent, Unsent, decide
from certctl.domain.notifications.notifications import Attempt, Notification
from certctl.domain.notifications.outcomes import ERROR_LIMIT, Outcome, OutcomeKind


@dataclass(frozen=True)
class BreakerPolicy:
    """When a channel's breaker opens, how often one row probes it then, and how it recovers."""

    # ADR 12: not below the attempts of the retry schedule, or a single row that always fails would never end.
    failures: int = 5
    """The failures in a row after which the breaker opens."""
    interval: timedelta = timedelta(seconds=60)
    """Between two probes."""
    lease: timedelta = timedelta(seconds=60)
    """After which a probe that never reports is given up."""
    woken: int = 100
    """Rows that are nudged at once when the channel works again."""


@dataclass(frozen=True)
class Send:
    """The row is sent like any other."""


@dataclass(frozen=True)
class Probe:
    """The row may probe the open channel, if it is the first to acquire the probe."""

    seen: ChannelState
    """The state that this was decided from."""
    interval: timedelta
    """The time to the next probe if this one fails."""


@dataclass(frozen=True)
class Wait:
    """The row waits, still due and without spending an attempt, while others probe the channel."""

    probe_at: datetime


@dataclass(frozen=True)
class Paused:
    """The row waits because the provider throttled the channel."""

    until: datetime


Verdict = Send | Probe | Wait | Paused | Dead


@dataclass(frozen=True)
class AttemptResult:
    """What the provider's response to one row implies for its channel, with the settings `version`."""

    row: Notification
    version: str | None
    claim: Claim
    verdict: Send | Probe
    outcome: Outcome
    at: datetime


def verdict_on(
    row: Notification,
    state: ChannelState,
    schedule: DeliverySchedule,
    policy: BreakerPolicy,
    now: datetime,
) -> Verdict:
    """Decides what a claimed row may do at its channel."""
    if state.disabled_at is not None:
        return Send() if was_requeued_since(row, state.disabled_at) else _gone(row, state)
    if state.opened_at is not None:
        return _at_breaker(row, state, schedule, policy, now)
    if state.paused_until and state.is_paused(now) and not schedule.is_old(row.queued_at, now):
        return Paused(state.paused_until)
    return Send()


def _at_breaker(
    row: Notification,
    state: ChannelState,
    schedule: DeliverySchedule,
    policy: BreakerPolicy,
    now: datetime,
) -> Verdict:
    """An old row dies only of a recent failure: while the channel is being probed it waits."""
    if state.is_probing(now):
        return Wait(state.next_probe_at)
    if state.next_probe_at <= now or was_requeued_since(row, state.last_probe_at):
        return Probe(state, policy.interval)
    if schedule.is_old(row.queued_at, now):
        return _expired(row, state, schedule)
    return Wait(state.next_probe_at)


def was_requeued_since(row: Notification, moment: datetime) -> bool:
    """An administrator reports that the channel works again. `queued_at` has whole seconds."""
    return row.due.epoch > 1 and row.queued_at >= moment.replace(microsecond=0)


def _gone(row: Notification, state: ChannelState) -> Dead:
    return Dead(row.retry_count, OutcomeKind.CHANNEL_GONE, f"the channel is gone: {state.error}")


def _expired(row: Notification, state: ChannelState, schedule: DeliverySchedule) -> Dead:
    hours = schedule.max_age / timedelta(hours=1)
    error = f"not delivered within {hours:g} h: {row.last_error or state.error}"
    return Dead(row.retry_count, Unsent.EXPIRED, error[:ERROR_LIMIT])


def decide_probe(
    row: Notification,
    outcome: Outcome,
    interval: timedelta,
    schedule: DeliverySchedule,
    now: datetime,
    random: Random,
) -> Sent | Retry | Dead:
    """A failed probe spends no attempt of its row: the outage is not the row's fault. An old row has had its
    time."""
    if outcome.kind is not OutcomeKind.RETRYABLE or schedule.is_old(row.queued_at, now):
        return decide(row, outcome, schedule, now, random)
    # ADR 12: else an outage of a quarter of an hour would kill its probes.
    return Retry(row.retry_count, row.throttle_count, interval.total_seconds(), outcome.error)


def failures_in_a_row(attempts: Sequence[Attempt], since: datetime | None) -> int:
    """The retryable failures at the end of a trail that are newer than `since`. Trails have whole seconds."""
    found = 0
    for attempt in reversed(attempts):
        is_older = since is not None and attempt.at <= since
        if is_older or attempt.outcome != OutcomeKind.RETRYABLE:
            break
        found += 1
    return found
