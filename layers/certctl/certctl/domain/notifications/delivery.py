"""What one attempt at a notification makes of its row: pure decisions (docs/architecture.md#alerts)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.due_work import Claim, Due
from certctl.domain.ids import time_of
from certctl.domain.notifications.notifications import Attempt, Notification
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.domain.retries import RetrySchedule, with_jitter

KEPT_ATTEMPTS = 10
DEAD_LETTER_DELAY = timedelta(seconds=60)
_ATTEMPT_ERROR_LIMIT = 80
_LOST_ERROR = "the worker stopped before it reported"

Random = Callable[[], float]


class Unsent(StrEnum):
    """Outcomes of rows that no provider received."""

    SKIPPED = "skipped"
    MUTED = "muted"
    SUPERSEDED = "superseded"
    LOST = "lost"
    EXPIRED = "expired"
    FOLDED = "folded"


def muted(row: Notification) -> Notification:
    """A muted row: unsent, so without a time of sending; it may be requeued."""
    return replace(row, status=NotificationStatus.SENT, outcome=Unsent.MUTED.value, due=Due())


REQUEUEABLE_OUTCOMES = (Unsent.SKIPPED.value, Unsent.MUTED.value)


class Death(StrEnum):
    """Why a row is dead. `expired` waited over the maximum age for a channel that did not work, without an
    attempt; `too_old` failed once more after that age; `attempts_lost`: no worker reported."""

    ATTEMPTS_USED = "attempts_used"
    ATTEMPTS_LOST = "attempts_lost"
    TOO_OLD = "too_old"
    EXPIRED = "expired"
    REFUSED = "refused"
    CHANNEL_GONE = "channel_gone"


_DEATHS = {
    OutcomeKind.PERMANENT.value: Death.REFUSED,
    OutcomeKind.CHANNEL_GONE.value: Death.CHANNEL_GONE,
    Unsent.EXPIRED.value: Death.EXPIRED,
    Unsent.LOST.value: Death.ATTEMPTS_LOST,
}


@dataclass(frozen=True)
class DeliverySchedule:
    """`max_age`: until then a throttled row spends no attempt, and a row waits for an open channel; the next
    failure of an older one is its last."""

    retry: RetrySchedule
    max_age: timedelta

    def is_old(self, queued_at: datetime, now: datetime) -> bool:
        return now - queued_at > self.max_age

    def may_be_old(self, notification_id: str, now: datetime) -> bool:
        """Whether the time in the id is old, for rows that are known from the index only."""
        try:
            return self.is_old(time_of(notification_id), now)
        except ValueError:
            return True


@dataclass(frozen=True)
class Timing:
    """How long the parts of one attempt may take: all of them fit into the lease."""

    lease: timedelta = timedelta(seconds=60)
    deadline: timedelta = timedelta(seconds=10)
    """The most time for the exchange with the provider."""
    preparation: timedelta = timedelta(seconds=16)
    """The most time before the exchange: two secrets, and DNS, which cannot be interrupted."""
    completion: timedelta = timedelta(seconds=15)
    """The most time for the write that follows the exchange."""

    @property
    def work(self) -> timedelta:
        """The time from before the send until its outcome is written, at worst."""
        return self.preparation + self.deadline + self.completion


@dataclass(frozen=True)
class Sent:
    """Completed: by a provider (`sent_at` is set), or unsent for the reason in `outcome`."""

    outcome: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Retry:
    """Tried again after `wait` seconds. `pause`: seconds that the channel's other rows wait as well."""

    retry_count: int
    throttle_count: int
    wait: float
    error: str
    pause: float = 0

    def due_at(self, failed_at: datetime) -> datetime:
        return failed_at + timedelta(seconds=self.wait)


@dataclass(frozen=True)
class Dead:
    """No more attempts, until it is requeued."""

    retry_count: int
    outcome: str
    error: str
    disables_channel: bool = False


Decision = Sent | Retry | Dead


@dataclass(frozen=True)
class FinishedAttempt:
    """A claimed row, in its state after the claim, and the attempt's result, with the settings
    `channel_version`."""

    claim: Claim
    row: Notification
    attempt: Attempt
    channel_version: str | None = None


def decide(
    row: Notification, outcome: Outcome, schedule: DeliverySchedule, now: datetime, random: Random
) -> Decision:
    """`row` is in its state after the claim: a lost attempt is already counted in its `retry_count`."""
    match outcome.kind:
        case OutcomeKind.DELIVERED | OutcomeKind.ACCEPTED:
            return Sent(outcome.kind.value, now)
        case OutcomeKind.THROTTLED:
            return _throttled(row, outcome, schedule, now, random)
        case OutcomeKind.RETRYABLE if schedule.is_old(row.queued_at, now):
            return _dead(row, outcome)
        case OutcomeKind.RETRYABLE:
            return _failed(row, outcome, schedule, random)
        case OutcomeKind.PERMANENT | OutcomeKind.CHANNEL_GONE:
            return _dead(row, outcome)


def _dead(row: Notification, outcome: Outcome) -> Dead:
    is_gone = outcome.kind is OutcomeKind.CHANNEL_GONE
    return Dead(row.retry_count + 1, outcome.kind.value, outcome.error, disables_channel=is_gone)


def _failed(
    row: Notification, outcome: Outcome, schedule: DeliverySchedule, random: Random, floor: float = 0
) -> Retry | Dead:
    if schedule.retry.is_spent(row.retry_count):
        return _dead(row, outcome)
    retry = schedule.retry
    wait = with_jitter(max(floor, retry.wait_after(row.retry_count)), retry.cap_seconds, random)
    return Retry(row.retry_count + 1, row.throttle_count, wait, outcome.error, pause=floor)


def _throttled(
    row: Notification, outcome: Outcome, schedule: DeliverySchedule, now: datetime, random: Random
) -> Retry | Dead:
    retry = schedule.retry
    asked = max(outcome.retry_after or 0, retry.wait_after(row.throttle_count))
    wait = min(asked, retry.cap_seconds)
    if schedule.is_old(row.queued_at, now):
        return _failed(row, outcome, schedule, random, floor=wait)
    jittered = with_jitter(wait, retry.cap_seconds, random)
    return Retry(row.retry_count, row.throttle_count + 1, jittered, outcome.error, pause=wait)


def spent_by_lost_attempts(row: Notification, claim: Claim, schedule: DeliverySchedule) -> Dead | None:
    """Attempts that never reported spend the budget too; the last of them leaves nothing to try."""
    if not claim.lost or claim.retry_count < schedule.retry.max_attempts:
        return None
    return Dead(claim.retry_count, Unsent.LOST, row.last_error or _LOST_ERROR)


def attempt_of(claim: Claim, outcome: Outcome, at: datetime) -> Attempt:
    return Attempt(
        n=claim.attempt,
        at=at,
        token=claim.token,
        outcome=outcome.kind.value,
        status_code=outcome.status_code,
        duration_ms=outcome.duration_ms,
        error=outcome.error[:_ATTEMPT_ERROR_LIMIT],
    )


def unsent_attempt(claim: Claim, decision: Decision, at: datetime) -> Attempt:
    """The trail of a claim that ended without a send."""
    outcome = "" if isinstance(decision, Retry) else decision.outcome
    return Attempt(claim.attempt, at, claim.token, outcome, None, 0, "")


def trail(row: Notification, claim: Claim, attempt: Attempt) -> tuple[Attempt, ...]:
    """The last ten attempts. A lost one has no token, so that its worker never takes it for a success."""
    lost = Attempt(claim.attempt - 1, attempt.at, "", Unsent.LOST, None, 0, _LOST_ERROR)
    added = (lost, attempt) if claim.lost else (attempt,)
    return (*row.attempts, *added)[-KEPT_ATTEMPTS:]


def death_of(row: Notification, max_attempts: int) -> Death | None:
    """Why the row is dead; None unless it is."""
    if row.status is not NotificationStatus.DEAD:
        return None
    used_up = Death.ATTEMPTS_USED if row.retry_count >= max_attempts else Death.TOO_OLD
    return _DEATHS.get(row.outcome or "", used_up)


def has_reported(row: Notification, token: str) -> bool:
    """Whether a refused completion had succeeded before: its response was lost."""
    return any(attempt.token == token for attempt in row.attempts)


def why_not_requeued(row: Notification, now: datetime) -> str | None:
    """Why the row may not be requeued; None if it may."""
    match row.status:
        case NotificationStatus.DEAD:
            return None
        case NotificationStatus.FAILED:
            return "It is being sent at this moment." if is_held(row.due, now) else None
        case NotificationStatus.SENT if row.outcome in REQUEUEABLE_OUTCOMES:
            return None
        case NotificationStatus.SENT if row.folded_into:
            return f"It was folded into {row.folded_into}: requeue that one."
        case NotificationStatus.SENT:
            return "It was sent."
        case NotificationStatus.PENDING:
            return "It is queued already."


def is_held(due: Due, now: datetime) -> bool:
    return due.lease_until is not None and due.lease_until > now


def requeued(row: Notification, now: datetime) -> Notification:
    """The row as if new, except for its history: the epoch excludes late workers."""
    due = Due(due_at=now, epoch=row.due.epoch + 1, attempt=row.due.attempt)
    return replace(
        row,
        status=NotificationStatus.PENDING,
        queued_at=now,
        due=due,
        throttle_count=0,
        sent_at=None,
        dead_at=None,
        next_retry_at=None,
        last_error=None,
        outcome=None,
        dlq_pending=False,
    )
