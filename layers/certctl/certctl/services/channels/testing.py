"""The test of a channel: requested by the API, sent by the worker, which alone reads secrets.

A test message is neither stored nor retried. It is sent to disabled channels too, because it shows whether a
repair worked; it does not change what deliveries found out about the channel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.connectors.aws.functions import Function
from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.errors import NotFound, TooManyRequests
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import NotificationType
from certctl.store.channels.records import CachedChannels
from certctl.store.quotas import QuotaStore

EVENT = "test_channel"
TYPE = "type"
"""The type of the sample, if it is not the usual test message."""

TESTS_PER_MINUTE = 5
PAGES_PER_MINUTE = 2
"""The tests of channels that page somebody."""


@dataclass(frozen=True)
class ChannelTests:
    channels: CachedChannels
    worker: Function
    begun: QuotaStore
    now: Callable[[], datetime]
    kinds: ChannelKinds

    def run(
        self, caller: Principal, channel_id: str, type_: NotificationType = NotificationType.TEST
    ) -> Outcome:
        """Sends a sample of an alert of the type. Raises NotFound, also for another team's channel;
        TooManyRequests; Unavailable if the worker does not respond."""
        channel = self.channels.find_now(channel_id)
        if channel is None:
            raise NotFound("There is no such channel.")
        if channel.team_id is not None:
            caller.require_reach(Permission.CHANNELS_TEST, channel.team_id, "such channel")
        self._take_turn(channel)
        sample = {} if type_ is NotificationType.TEST else {TYPE: type_.value}
        return _outcome_of(self.worker.call({EVENT: channel_id, **sample}))

    def _take_turn(self, channel: ChannelConfig) -> None:
        pages = self.kinds.of(channel.kind).opens_incidents
        limit = PAGES_PER_MINUTE if pages else TESTS_PER_MINUTE
        now = self.now()
        if not self.begun.take(channel.channel_id, limit, now):
            raise TooManyRequests(
                f"This channel was tested {limit} times in this minute, which is the limit.", 60 - now.second
            )


def _outcome_of(response: Mapping[str, Any]) -> Outcome:
    return Outcome(
        OutcomeKind(response["outcome"]),
        response["status_code"],
        response["error"],
        duration_ms=response["duration_ms"],
    )
