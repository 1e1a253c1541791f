"""One attempt at one notification: prepare, check the breaker, send, settle (docs/architecture.md#alerts)."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.connectors.sender import Notifiers
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.due_work import Claim, NotYetDue, Nudge
from certctl.domain.errors import DomainError, Unavailable
from certctl.domain.notifications.circuit_breaker import (
    AttemptResult,
    Paused,
    Probe,
    Send,
    Wait,
    decide_probe,
)
from certctl.domain.notifications.delivery import (
    Dead,
    Decision,
    DeliverySchedule,
    FinishedAttempt,
    Random,
    Retry,
    Sent,
    Timing,
    Unsent,
    attempt_of,
    decide,
    spent_by_lost_attempts,
    unsent_attempt,
)
from certctl.domain.notifications.hidden_characters import with_hidden_replaced
from certctl.domain.notifications.messages import Message, link_of
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.observability import logger
from certctl.services.notifications.circuit_breaker import CircuitBreakers
from certctl.services.notifications.flood_control import FloodControl
from certctl.services.notifications.outcomes import ChannelEdited, DeliveryOutcomes
from certctl.services.notifications.relevance import AlertRelevance
from certctl.store.cache import LastKnown
from certctl.store.channels.records import CachedChannels
from certctl.store.notifications.notifications import NotificationStore
from certctl.unit_of_work.nudges import Nudges


@dataclass(frozen=True)
class _Unreadable:
    """A channel whose configuration cannot be read now."""

    error: str


@dataclass(frozen=True)
class _Work:
    """A claimed row and its channel."""

    claim: Claim
    row: Notification
    channel: ChannelConfig | _Unreadable

    @property
    def nudge(self) -> Nudge:
        return Nudge(self.row.id, self.claim.epoch)


@dataclass(frozen=True)
class Delivery:
    notifications: NotificationStore
    channels: CachedChannels
    breakers: CircuitBreakers
    flood_control: FloodControl
    relevance: AlertRelevance
    notifiers: Notifiers
    outcomes: DeliveryOutcomes
    dashboard_url: LastKnown[str]
    nudges: Nudges
    schedule: DeliverySchedule
    now: Callable[[], datetime]
    random: Random
    timing: Timing = field(default_factory=Timing)

    def deliver(self, notification_id: str, time_left: timedelta | None = None) -> None:
        """Makes one attempt at the row if it is due; the row is held for no longer than `time_left` of the
        run. Raises Unavailable if the store is down: the lease runs out and the due index brings the row
        back."""
        lease = min(self.timing.lease, time_left or self.timing.lease)
        claim, row = self.notifications.claim(notification_id, self.now(), lease)
        if isinstance(claim, NotYetDue):
            self.nudges.notification(Nudge(notification_id, claim.epoch), claim.wait)
        if isinstance(claim, Claim) and row is not None:
            self._attempt(claim, row)

    def _attempt(self, claim: Claim, row: Notification) -> None:
        work = self._prepare(claim, row)
        if work is None:
            return
        verdict = self._check_breaker(work)
        if verdict is None or not self._should_send(work, verdict):
            return
        outcome = self._make_call(work)
        self._settle(work, verdict, outcome)

    def _prepare(self, claim: Claim, row: Notification) -> _Work | None:
        """Finds the row's channel. Returns None if the row ended without a send. Merging needs no channel, so
        it is done even if the channel is down."""
        spent = spent_by_lost_attempts(row, claim, self.schedule)
        if spent is not None:
            self._end_unsent(claim, row, spent)
            return None
        channel = self._find_channel(row)
        if channel is None:
            self._end_unsent(claim, row, Sent(Unsent.SKIPPED, None))
            return None
        return None if self.flood_control.merge(claim, row) else _Work(claim, row, channel)

    def _find_channel(self, row: Notification) -> ChannelConfig | _Unreadable | None:
        """Returns None only if a consistent read shows that an administrator deleted or disabled the channel.
        After a repair the settings of a minute ago would kill the row, or one that was requeued, again."""
        try:
            known = self.channels.find(row.channel_id) if row.due.epoch == 1 else None
            if known is None or not known.is_enabled or not self.breakers.is_current(known):
                known = self.channels.find_now(row.channel_id)
        except DomainError as error:
            return _Unreadable(error.detail)
        return known if known is not None and known.is_enabled else None

    def _check_breaker(self, work: _Work) -> Send | Probe | None:
        """Returns None if the row waits, or is dead because its channel is."""
        verdict = self.breakers.check(work.row)
        match verdict:
            case Send() | Probe():
                return verdict
            case Dead():
                self._end_unsent(work.claim, work.row, verdict)
            case Paused(until):
                self.notifications.postpone(work.claim, until)
                self.nudges.notification(work.nudge, (until - self.now()).total_seconds())
            case Wait():
                # ADR 12: rows wait uncharged, or an outage of a day would use up their attempts
                self.notifications.give_back(work.claim)
                self.breakers.defer(work.claim, work.row.channel_id, verdict)
        return None

    def _should_send(self, work: _Work, verdict: Send | Probe) -> bool:
        if self._is_resolved(work):
            self._end_unsent(work.claim, work.row, Sent(Unsent.SUPERSEDED, None))
            return False
        # a probe is sent whatever the count: there is one at a time
        if isinstance(verdict, Send) and self.flood_control.defer(work.claim, work.row):
            return False
        if not self._acquires_probe(work, verdict) or not self._has_time(work):
            self.notifications.give_back(work.claim)
            return False
        return True

    def _is_resolved(self, work: _Work) -> bool:
        """Only for later attempts: the first comes seconds after its cause, and must cost no read."""
        if work.claim.attempt == 1:
            return False
        with suppress(Unavailable):
            return self.relevance.is_resolved(work.row)
        return False

    def _acquires_probe(self, work: _Work, verdict: Send | Probe) -> bool:
        """Whether this row probes: one does of the rows that could probe an open channel at once (ADR 12)."""
        if isinstance(verdict, Send):
            return True
        return self.breakers.acquire_probe(work.claim, work.row.channel_id, verdict)

    def _has_time(self, work: _Work) -> bool:
        """Checked last, when the lease is at its shortest. A row that comes too late is due again at once."""
        has_time = work.claim.has_time(self.timing.work, self.now())
        if not has_time:
            self.nudges.notification(work.nudge, 0)
        return has_time

    def _make_call(self, work: _Work) -> Outcome:
        """Any error of a notifier becomes an outcome. The text of an unknown error may contain a URL, so only
        its type is stored."""
        if isinstance(work.channel, _Unreadable):
            return Outcome(OutcomeKind.RETRYABLE, error=work.channel.error)
        try:
            message = message_of(work.row, link_of(work.row, self.dashboard_url.get()))
            return self.notifiers.send(work.channel, message, self.timing.deadline.total_seconds())
        except DomainError as error:
            return Outcome(OutcomeKind.RETRYABLE, error=error.detail)
        except Exception as error:
            logger.error("a notifier failed", extra={"id": work.row.id, "error": type(error).__name__})
            return Outcome(OutcomeKind.RETRYABLE, error=f"the notifier failed: {type(error).__name__}")

    def _settle(self, work: _Work, verdict: Send | Probe, outcome: Outcome) -> None:
        """Settles the row by its outcome, unless that is a failure of settings that were replaced during the
        attempt: the row is tried with the new ones then, and spends no attempt."""
        now, version = self.now(), _version_of(work.channel)
        if not outcome.went_through and self._was_edited(work.channel):
            self._try_again(work)
            return
        decision = self._decide(work.row, verdict, outcome, now)
        attempted = FinishedAttempt(work.claim, work.row, attempt_of(work.claim, outcome, now), version)
        try:
            is_settled = self.outcomes.settle(attempted, decision)
        except ChannelEdited:
            self._try_again(work)
            return
        if is_settled and isinstance(decision, Retry):
            self._plan_retry(work, verdict, decision, now)
        self.breakers.record(AttemptResult(work.row, version, work.claim, verdict, outcome, now))

    def _was_edited(self, channel: ChannelConfig | _Unreadable) -> bool:
        return isinstance(channel, ChannelConfig) and not self.breakers.is_current_now(channel)

    def _try_again(self, work: _Work) -> None:
        logger.warning("a failure is not counted: its channel was edited", extra={"id": work.row.id})
        self.notifications.give_back(work.claim)
        self.nudges.notification(work.nudge, 0)

    def _decide(self, row: Notification, verdict: Send | Probe, outcome: Outcome, now: datetime) -> Decision:
        if isinstance(verdict, Probe):
            return decide_probe(row, outcome, verdict.interval, self.schedule, now, self.random)
        return decide(row, outcome, self.schedule, now, self.random)

    def _plan_retry(self, work: _Work, verdict: Send | Probe, decision: Retry, failed_at: datetime) -> None:
        """After a failed probe the breaker chooses the next row."""
        if isinstance(verdict, Send) or decision.pause:
            self.nudges.notification(work.nudge, decision.wait)
        if decision.pause:
            until = failed_at + timedelta(seconds=decision.pause)
            self.breakers.pause(work.row.channel_id, _version_of(work.channel), until)

    def _end_unsent(self, claim: Claim, row: Notification, decision: Sent | Dead) -> None:
        attempt = unsent_attempt(claim, decision, self.now())
        self.outcomes.settle(FinishedAttempt(claim, row, attempt), decision)


def _version_of(channel: ChannelConfig | _Unreadable) -> str | None:
    return channel.version if isinstance(channel, ChannelConfig) else None


def message_of(row: Notification, link: str) -> Message:
    """Rows hold texts of strangers as they came: providers' errors, names of earlier releases."""
    return Message(
        notification_id=row.id,
        type=row.type,
        severity=row.severity,
        action=row.action,
        dedup_key=row.dedup_key,
        subject=with_hidden_replaced(row.subject),
        body=with_hidden_replaced(row.message),
        occurred_at=row.created_at,
        certificate=row.facts.with_hidden_replaced(),
        recipient=row.recipient,
        link=link,
        certificate_id=row.certificate_id or "",
        team_id=row.team_id or "",
        digest=json.loads(row.digest) if row.digest else None,
    )
