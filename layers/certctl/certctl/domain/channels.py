"""Where notifications go: the kinds of channel and one channel's configuration."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChannelKind(StrEnum):
    """Wire names of the `channel` field of a notification."""

    EMAIL = "Email"
    WEBHOOK = "Webhook"
    SLACK = "Slack"
    TEAMS = "Teams"
    PAGERDUTY = "PagerDuty"
    OPSGENIE = "OpsGenie"
    JSM = "JSM"
    SNS = "SNS"


@dataclass(frozen=True)
class ChannelConfig:
    """One channel; not `is_enabled` where an administrator disabled it. `channel_id` names it among several
    of its kind (`slack-default` is the configured one). `team_id`: whose it is, None for everybody's.

    `settings` holds references to secrets, never their values; the keys are those of the kind's notifier:
    Webhook `url` (an https URL or a reference), `secret` (a reference, optional);
    Slack `url` (a reference), `channel`, `username` (both optional, legacy webhooks only);
    Teams `url` (a reference), `format`; PagerDuty `routing_key` (a reference), `severity`, `url`;
    OpsGenie and JSM `api_key` (a reference), `priority`, `url`; SNS `topic_arn`;
    Email `transport` (`smtp` or `ses`), `from_address`, `to`, and for SMTP `host`, `port`, `tls`, `username`,
    `password` (a reference).
    """

    channel_id: str
    kind: ChannelKind
    settings: Mapping[str, str]
    is_enabled: bool = True
    team_id: str | None = None


def default_channel_id(kind: str) -> str:
    """Of the channel that the deployment configures."""
    return f"{kind.lower()}-default"


def configured_channels(settings: Mapping[str, Mapping[str, str]]) -> list[ChannelConfig]:
    """Kind -> settings, as `config.channels` gives them."""
    return [
        ChannelConfig(default_channel_id(kind), ChannelKind(kind), values)
        for kind, values in settings.items()
    ]


@dataclass(frozen=True)
class ChannelBook:
    """The channels that administrators set up. `find` may answer from a cache of a minute, `find_now` reads
    consistently; both answer None for a deleted channel."""

    find: Callable[[str], ChannelConfig | None]
    find_now: Callable[[str], ChannelConfig | None]
    all: Callable[[], Sequence[ChannelConfig]]


def book_of(channels: Sequence[ChannelConfig]) -> ChannelBook:
    """Of channels that come with the deployment."""
    by_id = {channel.channel_id: channel for channel in channels}
    return ChannelBook(by_id.get, by_id.get, lambda: channels)


@dataclass(frozen=True)
class ChannelState:
    """What deliveries have found out. `disabled_at`: since then the channel is gone, by `error`."""

    paused_until: datetime | None = None
    disabled_at: datetime | None = None
    error: str = ""

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now


WORKING = ChannelState()
