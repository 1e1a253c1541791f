"""One attempt at one notification: claim, send, settle (engine.md sections 1 and 2)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.channels.channels import CachedChannels, ChannelConfig
from certctl.domain.channels.circuit_breaker import (
    Answer,
    Free,
    Parked,
    Passage,
    Paused,
    ProbeDue,
    decide_probe,
)
from certctl.domain.due_work import Claim, NotYetDue, Nudge
from certctl.domain.errors import DomainError, Unavailable
from certctl.domain.notifications.delivery import (
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
from certctl.domain.notifications.delivery_ports import Endings, Floods, Gates, Timing, World
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import Attempt, Notification
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.observability import logger
from certctl.store.notifications.notifications import LeaseLost, NotificationStore

_SETTLE_TRIES = 2
_FREE = Free()


@dataclass(frozen=True)
class _Work:
    """Without a channel where its configuration cannot be read, which `unreadable` says."""

    claim: Claim
    row: Notification
    channel: ChannelConfig | None = None
    unreadable: str = ""
    passage: Passage = _FREE


class Delivery:
    def __init__(
        self,
        notifications: NotificationStore,
        book: CachedChannels,
        gates: Gates,
        floods: Floods,
        world: World,
        endings: Endings,
        schedule: DeliverySchedule,
        now: Callable[[], datetime],
        random: Random,
        timing: Timing | None = None,
    ) -> None:
        self._notifications = notifications
        self._book = book
        self._gates = gates
        self._floods = floods
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
            channel = self._channel(work.row)
        except DomainError as error:
            self._at_gate(replace(work, unreadable=error.detail))
            return
        if channel is None:
            self._end_unsent(work, Sent(Unsent.SKIPPED, None))
            return
        self._at_gate(replace(work, channel=channel))

    def _channel(self, row: Notification) -> ChannelConfig | None:
        """None only where a consistent read shows that an administrator deleted or disabled it. A requeue
        often follows a repair: settings of a minute ago would kill the row again."""
        known = self._book.find(row.channel_id) if row.due.epoch == 1 else None
        if known is None or not known.is_enabled:
            known = self._book.find_now(row.channel_id)
        return known if known is not None and known.is_enabled else None

    def _at_gate(self, work: _Work) -> None:
        """A fold needs no channel: it is made also while that is down."""
        if self._floods.fold(work.claim, work.row):
            return
        passage = self._gates.look(work.row)
        match passage:
            case Dead():
                self._end_unsent(work, passage)
            case Paused(until):
                self._notifications.postpone(work.claim, until)
                self._nudge_after(_nudge_of(work), (until - self._now()).total_seconds())
            case Parked():
                self._park(work, passage)
            case Free() | ProbeDue():
                self._send_unless_over(replace(work, passage=passage))

    def _park(self, work: _Work, parked: Parked) -> None:
        self._notifications.give_back(work.claim)
        self._gates.park(work.claim, work.row.channel_id, parked)

    def _send_unless_over(self, work: _Work) -> None:
        if self._cause_has_ended(work):
            self._end_unsent(work, Sent(Unsent.SUPERSEDED, None))
            return
        if self._is_held_back(work):
            return
        if not self._may_pass(work) or not self._has_time(work):
            self._notifications.give_back(work.claim)
            return
        self._settle_outcome(work, self._send(work))

    def _is_held_back(self, work: _Work) -> bool:
        """A probe is sent whatever the count: there is one at a time."""
        is_free = isinstance(work.passage, Free)
        return is_free and self._floods.hold_back(work.claim, work.row)

    def _may_pass(self, work: _Work) -> bool:
        """Of those that could try an open channel at once, one does."""
        passage = work.passage
        if not isinstance(passage, ProbeDue):
            return True
        return self._gates.take_probe(work.claim, work.row.channel_id, passage)

    def _has_time(self, work: _Work) -> bool:
        """Asked last, when the lease is at its shortest. A row that comes too late comes again at once."""
        has_time = work.claim.has_time(self._timing.work, self._now())
        if not has_time:
            self._world.nudge(_nudge_of(work), 0)
        return has_time

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
            return Outcome(OutcomeKind.RETRYABLE, error=work.unreadable)
        try:
            message = message_of(work.row, self._world.link(work.row))
            return self._world.send(work.channel, message, self._timing.deadline.total_seconds())
        except DomainError as error:
            return Outcome(OutcomeKind.RETRYABLE, error=error.detail)
        except Exception as error:
            logger.error("a notifier failed", extra={"id": work.row.id, "error": type(error).__name__})
            return Outcome(OutcomeKind.RETRYABLE, error=f"the notifier failed: {type(error).__name__}")

    def _settle_outcome(self, work: _Work, outcome: Outcome) -> None:
        now = self._now()
        decision = self._decided(work, outcome, now)
        self._settle(work, decision, attempt_of(work.claim, outcome, now), outcome.kind.value)
        self._gates.heard(Answer(work.row, work.claim, work.passage, outcome, now))

    def _decided(self, work: _Work, outcome: Outcome, now: datetime) -> Decision:
        row, passage = work.row, work.passage
        if isinstance(passage, ProbeDue):
            return decide_probe(row, outcome, passage.interval, self._schedule, now, self._random)
        return decide(row, outcome, self._schedule, now, self._random)

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
        """Whose turn it is after a probe, the gate says."""
        if not isinstance(work.passage, ProbeDue) or decision.pause:
            self._nudge_after(_nudge_of(work), decision.wait)
        if decision.pause:
            self._gates.pause(work.row.channel_id, failed_at + timedelta(seconds=decision.pause))

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


def message_of(row: Notification, link: str) -> Message:
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
        link=link,
        certificate_id=row.certificate_id or "",
        team_id=row.team_id or "",
    )
