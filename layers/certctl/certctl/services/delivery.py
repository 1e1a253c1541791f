"""One attempt at one notification: claim, send, settle (engine.md sections 1 and 2)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.channels import WORKING, ChannelBook, ChannelConfig, ChannelState
from certctl.domain.deliveries import (
    LONGEST_NUDGE_SECONDS,
    Attempted,
    Dead,
    Decision,
    DeliverySchedule,
    Random,
    Retry,
    Sent,
    Unsent,
    attempt_of,
    decide,
    has_reported,
    spent_by_lost_attempts,
    unsent_attempt,
)
from certctl.domain.due_work import Claim, NotYetDue, Nudge
from certctl.domain.errors import DomainError, Unavailable
from certctl.domain.messages import Message
from certctl.domain.notifications import Attempt, Notification
from certctl.domain.outcomes import Outcome, OutcomeKind
from certctl.observability import logger
from certctl.store.channels import CachedChannelStates, ChannelStateStore
from certctl.store.notifications import LeaseLost, NotificationStore

Send = Callable[[ChannelConfig, Message, float], Outcome]
_SETTLE_TRIES = 2


@dataclass(frozen=True)
class Timing:
    """`deadline` bounds the exchange with the provider; `preparation` what precedes it (two secrets, DNS
    that cannot be interrupted), `completion` the write that follows. All fit into `lease`."""

    lease: timedelta = timedelta(seconds=60)
    deadline: timedelta = timedelta(seconds=10)
    preparation: timedelta = timedelta(seconds=16)
    completion: timedelta = timedelta(seconds=15)

    @property
    def work(self) -> timedelta:
        """From before the send until its outcome is written, at worst."""
        return self.preparation + self.deadline + self.completion


@dataclass(frozen=True)
class World:
    """How deliveries reach what is outside of their rows. `send` returns outcomes and may raise;
    `nudge` takes seconds and is best effort; `has_ended` tells whether the cause of a trigger is over;
    `record` counts an outcome of a channel."""

    send: Send
    nudge: Callable[[Nudge, float], None]
    has_ended: Callable[[Notification], bool]
    record: Callable[[str, str], None]


@dataclass(frozen=True)
class Endings:
    """The turns that are transactions. Each raises LeaseLost where the row is not ours any more."""

    bury: Callable[[Attempted, Dead], None]
    skip: Callable[[Attempted, Sent], None]
    revive: Callable[[str, ChannelState], None]


@dataclass(frozen=True)
class Channels:
    book: ChannelBook
    states: ChannelStateStore
    cached_states: CachedChannelStates


@dataclass(frozen=True)
class _Work:
    claim: Claim
    row: Notification
    channel: ChannelConfig | None = None
    state: ChannelState = WORKING


class Delivery:
    def __init__(
        self,
        notifications: NotificationStore,
        channels: Channels,
        world: World,
        endings: Endings,
        schedule: DeliverySchedule,
        now: Callable[[], datetime],
        random: Random,
        timing: Timing | None = None,
    ) -> None:
        self._notifications = notifications
        self._channels = channels
        self._world = world
        self._endings = endings
        self._schedule = schedule
        self._now = now
        self._random = random
        self._timing = timing or Timing()

    def deliver(self, notification_id: str) -> None:
        """Does one attempt at a row that is due, else nothing. Raises Unavailable where the store is down:
        the lease runs out and the due index brings the row back."""
        claim, row = self._notifications.claim(notification_id, self._now(), self._timing.lease)
        if isinstance(claim, NotYetDue):
            self._nudge_after(Nudge(notification_id, claim.epoch), claim.wait)
        if isinstance(claim, Claim) and row is not None:
            self._attempt(_Work(claim, row))

    def _attempt(self, work: _Work) -> None:
        spent = spent_by_lost_attempts(work.row, work.claim, self._schedule)
        if spent is not None:
            self._end_unsent(work, spent)
            return
        try:
            channel = self._channel(work.row.channel_id)
        except DomainError as error:
            self._settle_outcome(work, Outcome(OutcomeKind.RETRYABLE, error=error.detail))
            return
        if channel is None:
            self._end_unsent(work, Sent(Unsent.SKIPPED, None))
            return
        state = self._channels.cached_states.find(channel.channel_id)
        self._to_channel(replace(work, channel=channel, state=state))

    def _channel(self, channel_id: str) -> ChannelConfig | None:
        """None only where a consistent read shows that an administrator deleted or disabled it."""
        known = self._channels.book.find(channel_id)
        if known is None or not known.is_enabled:
            known = self._channels.book.find_now(channel_id)
        return known if known is not None and known.is_enabled else None

    def _to_channel(self, work: _Work) -> None:
        now, state = self._now(), work.state
        if state.disabled_at is not None:
            state = self._channels.states.get(work.row.channel_id)
            work = replace(work, state=state)
        if state.disabled_at is not None and not _is_probe(work.row, state.disabled_at):
            gone = Dead(work.row.retry_count, OutcomeKind.CHANNEL_GONE, f"the channel is gone: {state.error}")
            self._end_unsent(work, gone)
            return
        if state.paused_until and state.is_paused(now) and not self._is_old(work.row):
            self._notifications.postpone(work.claim, state.paused_until)
            self._nudge_after(_nudge_of(work), (state.paused_until - now).total_seconds())
            return
        self._send_unless_over(work)

    def _is_old(self, row: Notification) -> bool:
        """Such a row waits for no channel: it must come to an end."""
        return self._schedule.is_old(row.queued_at, self._now())

    def _send_unless_over(self, work: _Work) -> None:
        if self._cause_has_ended(work):
            self._end_unsent(work, Sent(Unsent.SUPERSEDED, None))
            return
        if not work.claim.has_time_for(self._timing.work, self._now()):
            self._notifications.give_back(work.claim)
            self._world.nudge(_nudge_of(work), 0)
            return
        self._settle_outcome(work, self._send(work))

    def _cause_has_ended(self, work: _Work) -> bool:
        """Asked of later attempts only: the first comes seconds after its cause, and must cost no read."""
        if work.claim.attempt == 1:
            return False
        with suppress(Unavailable):
            return self._world.has_ended(work.row)
        return False

    def _send(self, work: _Work) -> Outcome:
        """Whatever a notifier does ends as an outcome; text of unknown errors may hold a URL, so it stays
        in their type."""
        if work.channel is None:
            raise AssertionError("a row without a channel is skipped")
        try:
            return self._world.send(work.channel, message_of(work.row), self._timing.deadline.total_seconds())
        except DomainError as error:
            return Outcome(OutcomeKind.RETRYABLE, error=error.detail)
        except Exception as error:
            logger.error("a notifier failed", extra={"id": work.row.id, "error": type(error).__name__})
            return Outcome(OutcomeKind.RETRYABLE, error=f"the notifier failed: {type(error).__name__}")

    def _settle_outcome(self, work: _Work, outcome: Outcome) -> None:
        now = self._now()
        decision = decide(work.row, outcome, self._schedule, now, self._random)
        self._settle(work, decision, attempt_of(work.claim, outcome, now), outcome.kind.value)

    def _end_unsent(self, work: _Work, decision: Sent | Dead) -> None:
        attempt = unsent_attempt(work.claim, decision, self._now())
        self._settle(work, decision, attempt, decision.outcome)

    def _settle(self, work: _Work, decision: Decision, attempt: Attempt, outcome: str) -> None:
        attempted = Attempted(work.claim, work.row, attempt)
        if not self._written(attempted, decision):
            logger.warning("an attempt was lost to another", extra={"id": work.row.id, "outcome": outcome})
            return
        self._world.record(work.row.channel_id, outcome)
        if isinstance(decision, Retry):
            self._after_failure(work, decision, attempt.at)
        if isinstance(decision, Sent) and decision.sent_at and work.state.disabled_at:
            self._endings.revive(work.row.channel_id, work.state)

    def _written(self, attempted: Attempted, decision: Decision) -> bool:
        """False where another worker took the row over, or it was requeued."""
        for _ in range(_SETTLE_TRIES):
            try:
                self._write(attempted, decision)
            except LeaseLost:
                row = self._notifications.get(attempted.row.id)
                if row is None or has_reported(row, attempted.claim.token):
                    return row is not None
                if not _is_still_ours(row, attempted):
                    return False
                # a late duplicate of our own claim raised the attempt
                attempted = replace(attempted, claim=replace(attempted.claim, attempt=row.due.attempt))
                continue
            return True
        return False

    def _write(self, attempted: Attempted, decision: Decision) -> None:
        match decision:
            case Dead():
                self._endings.bury(attempted, decision)
            case Sent(outcome=Unsent.SKIPPED):
                self._endings.skip(attempted, decision)
            case _:
                self._notifications.settle(attempted, decision)

    def _after_failure(self, work: _Work, decision: Retry, failed_at: datetime) -> None:
        self._nudge_after(_nudge_of(work), decision.wait)
        if decision.pause:
            with suppress(Unavailable):
                until = failed_at + timedelta(seconds=decision.pause)
                self._channels.states.pause(work.row.channel_id, until)
                self._channels.cached_states.forget()

    def _nudge_after(self, nudge: Nudge, wait: float) -> None:
        """Longer waits are the sweep's."""
        if wait <= LONGEST_NUDGE_SECONDS:
            self._world.nudge(nudge, wait)


def _is_still_ours(row: Notification, attempted: Attempted) -> bool:
    """And nobody booked an attempt meanwhile: the decision was made from the budget that the claim saw."""
    same_claim = (row.due.lease_owner, row.due.epoch) == (attempted.claim.token, attempted.claim.epoch)
    return same_claim and row.retry_count == attempted.row.retry_count


def _nudge_of(work: _Work) -> Nudge:
    return Nudge(work.row.id, work.claim.epoch)


def _is_probe(row: Notification, disabled_at: datetime) -> bool:
    """Somebody requeued it after the channel was found gone: they say that it works again."""
    return row.due.epoch > 1 and row.queued_at >= disabled_at.replace(microsecond=0)


def message_of(row: Notification) -> Message:
    return Message(
        notification_id=row.id,
        type=row.type,
        severity=row.severity,
        action=row.action,
        dedup_key=row.dedup_key,
        subject=row.subject,
        body=row.message,
        occurred_at=row.created_at,
        certificate=row.facts,
        recipient=row.recipient,
    )
