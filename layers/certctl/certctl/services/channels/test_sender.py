"""Sends the test of a channel, in the worker, which alone reads secrets. See `testing.py`."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from certctl.connectors.sender import Notifiers
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.errors import DomainError, InvalidInput
from certctl.domain.ids import new_id
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.samples import sample_of
from certctl.domain.notifications.statuses import Action, NotificationType
from certctl.observability import logger
from certctl.services.channels.testing import EVENT, TYPE
from certctl.store.channels.records import CachedChannels
from certctl.store.notifications.sends import NotificationSendStore

DEADLINE_SECONDS = 8.0
_LEAST_SECONDS = 1.0
_TYPES = frozenset(type_.value for type_ in NotificationType)


@dataclass(frozen=True)
class ChannelTestSender:
    channels: CachedChannels
    notifiers: Notifiers
    now: Callable[[], datetime]
    kinds: ChannelKinds
    sends: NotificationSendStore
    monotonic: Callable[[], float] = time.monotonic

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Raises InvalidInput for an event that ChannelTests does not send, Unavailable if the channel cannot
        be read."""
        channel_id, type_ = _checked(event)
        channel = self.channels.find_now(channel_id)
        if channel is None:
            return _answer_of(Outcome(OutcomeKind.PERMANENT, error="the channel was deleted"))
        outcome = self._tried(channel, type_)
        if outcome.went_through:
            # the checklist of a new stack ends with a test that went through
            self.sends.add(channel.channel_id, outcome.kind, 1)
        return _answer_of(outcome)

    def _tried(self, channel: ChannelConfig, type_: NotificationType) -> Outcome:
        """Both messages of an incident share the deadline: a person who is paged for a test must not find an
        open incident too."""
        ends = self.monotonic() + DEADLINE_SECONDS
        trigger = _trigger(channel, type_, self.now())
        outcome = self._sent(channel, trigger, DEADLINE_SECONDS)
        if not outcome.went_through or not self.kinds.of(channel.kind).opens_incidents:
            return outcome
        left = max(ends - self.monotonic(), _LEAST_SECONDS)
        resolved = self._sent(channel, _resolving(trigger, self.now()), left)
        return _together(outcome, resolved)

    def _sent(self, channel: ChannelConfig, message: Message, seconds: float) -> Outcome:
        """Sends. Any error of a notifier becomes an outcome, as in a delivery."""
        try:
            return self.notifiers.send(channel, message, seconds)
        except DomainError as error:
            return Outcome(OutcomeKind.RETRYABLE, error=error.detail)
        except Exception as error:
            name = type(error).__name__
            logger.error("a notifier failed", extra={"channel_id": channel.channel_id, "error": name})
            return Outcome(OutcomeKind.RETRYABLE, error=f"the notifier failed: {name}")


def _checked(event: Mapping[str, Any]) -> tuple[str, NotificationType]:
    """The id of the channel, and the type of the sample. Raises InvalidInput."""
    channel_id, type_ = event.get(EVENT), event.get(TYPE, NotificationType.TEST.value)
    if not event.keys() <= {EVENT, TYPE} or not isinstance(channel_id, str) or type_ not in _TYPES:
        raise InvalidInput(f"This function takes records of its queue, or {{{EVENT}: the id of one}}.")
    return channel_id, NotificationType(type_)


def _trigger(channel: ChannelConfig, type_: NotificationType, now: datetime) -> Message:
    """A trigger with an incident of its own, so that no other is resolved with it."""
    notification_id, sample = new_id("notif", now), sample_of(type_, channel.channel_id, now)
    return Message(
        notification_id=notification_id,
        type=type_,
        severity=sample.severity,
        action=Action.TRIGGER,
        dedup_key=f"{NotificationType.TEST.value}/{channel.channel_id}/{notification_id}",
        subject=sample.subject,
        body=sample.message,
        occurred_at=now,
        certificate=sample.facts,
        recipient=channel.channel_id,
    )


def _resolving(trigger: Message, now: datetime) -> Message:
    return replace(trigger, notification_id=new_id("notif", now), action=Action.RESOLVE, occurred_at=now)


def _together(trigger: Outcome, resolve: Outcome) -> Outcome:
    duration = trigger.duration_ms + resolve.duration_ms
    if resolve.went_through:
        return replace(trigger, duration_ms=duration)
    error = f"the test's incident stays open, resolve it by hand: {resolve.error}"
    return replace(trigger, error=error, duration_ms=duration)


def _answer_of(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome.kind.value,
        "status_code": outcome.status_code,
        "error": outcome.error,
        "duration_ms": outcome.duration_ms,
    }
