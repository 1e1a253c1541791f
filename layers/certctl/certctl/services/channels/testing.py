"""The test of a channel: the API asks for it, the worker, which alone reads secrets, sends it.

A test message is stored nowhere and retried never. It reaches disabled channels too, for it is how one finds
out whether a repair worked; it changes nothing of what deliveries know about the channel.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from certctl.domain.access.permissions import Permission, Principal
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds import CHANNEL_KINDS
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.errors import DomainError, InvalidInput, NotFound, TooManyRequests
from certctl.domain.ids import new_id
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import Action, NotificationType, Severity
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.observability import logger
from certctl.store.quotas import QuotaStore

DEADLINE_SECONDS = 8.0
_LEAST_SECONDS = 1.0
_EVENT = "test_channel"

TESTS_PER_MINUTE = 5
PAGES_PER_MINUTE = 2
"""Of channels that page somebody."""

Find = Callable[[str], ChannelConfig | None]
Send = Callable[[ChannelConfig, Message, float], Outcome]


class ChannelTests:
    """`find_now` reads consistently; `call` invokes the worker, and waits for its answer."""

    def __init__(
        self,
        find_now: Find,
        call: Callable[[Mapping[str, Any]], Mapping[str, Any]],
        begun: QuotaStore,
        now: Callable[[], datetime],
        kinds: ChannelKinds = CHANNEL_KINDS,
    ) -> None:
        self._find_now = find_now
        self._call = call
        self._begun = begun
        self._now = now
        self._kinds = kinds

    def run(self, caller: Principal, channel_id: str) -> Outcome:
        """Raises NotFound, for another team's channel too; TooManyRequests; Unavailable where the worker does
        not answer."""
        channel = self._find_now(channel_id)
        if channel is None:
            raise NotFound("There is no such channel.")
        if channel.team_id is not None:
            caller.require_reach(Permission.CHANNELS_TEST, channel.team_id, "such channel")
        self._take_turn(channel)
        return _outcome_of(self._call({_EVENT: channel_id}))

    def _take_turn(self, channel: ChannelConfig) -> None:
        pages = self._kinds.of(channel.kind).opens_incidents
        limit = PAGES_PER_MINUTE if pages else TESTS_PER_MINUTE
        now = self._now()
        if not self._begun.take(channel.channel_id, limit, now):
            raise TooManyRequests(
                f"This channel was tested {limit} times in this minute, which is the limit.", 60 - now.second
            )


class ChannelTestSender:
    """The worker's side."""

    def __init__(
        self,
        find_now: Find,
        send: Send,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        kinds: ChannelKinds = CHANNEL_KINDS,
    ) -> None:
        self._find_now = find_now
        self._send = send
        self._now = now
        self._monotonic = monotonic
        self._kinds = kinds

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Raises InvalidInput for an event that ChannelTests does not send, Unavailable where the channel
        cannot be read."""
        if event.keys() != {_EVENT} or not isinstance(event[_EVENT], str):
            raise InvalidInput(f"This function takes records of its queue, or {{{_EVENT}: the id of one}}.")
        channel = self._find_now(event[_EVENT])
        if channel is None:
            return _answer_of(Outcome(OutcomeKind.PERMANENT, error="the channel was deleted meanwhile"))
        return _answer_of(self._tried(channel))

    def _tried(self, channel: ChannelConfig) -> Outcome:
        """Both messages of an incident share the deadline: whoever is paged for a test must not find an open
        incident too."""
        ends = self._monotonic() + DEADLINE_SECONDS
        trigger = _trigger(channel, self._now())
        outcome = self._sent(channel, trigger, DEADLINE_SECONDS)
        if not outcome.went_through or not self._kinds.of(channel.kind).opens_incidents:
            return outcome
        left = max(ends - self._monotonic(), _LEAST_SECONDS)
        resolved = self._sent(channel, _resolving(trigger, self._now()), left)
        return _together(outcome, resolved)

    def _sent(self, channel: ChannelConfig, message: Message, seconds: float) -> Outcome:
        """As in a delivery, whatever a notifier does ends as an outcome."""
        try:
            return self._send(channel, message, seconds)
        except DomainError as error:
            return Outcome(OutcomeKind.RETRYABLE, error=error.detail)
        except Exception as error:
            name = type(error).__name__
            logger.error("a notifier failed", extra={"channel_id": channel.channel_id, "error": name})
            return Outcome(OutcomeKind.RETRYABLE, error=f"the notifier failed: {name}")


def _trigger(channel: ChannelConfig, now: datetime) -> Message:
    """Its incident is its own, so that no other is resolved with it."""
    notification_id = new_id("notif", now)
    return Message(
        notification_id=notification_id,
        type=NotificationType.TEST,
        severity=Severity.INFO,
        action=Action.TRIGGER,
        dedup_key=f"{NotificationType.TEST.value}/{channel.channel_id}/{notification_id}",
        subject="Test message from certctl",
        body=f"Somebody tests the channel {channel.channel_id}. Nothing has happened, nothing is to be done.",
        occurred_at=now,
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


def _outcome_of(answer: Mapping[str, Any]) -> Outcome:
    return Outcome(
        OutcomeKind(answer["outcome"]),
        answer["status_code"],
        answer["error"],
        duration_ms=answer["duration_ms"],
    )
