"""Where notifications go: the kinds of channel and one channel's configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """One channel. `channel_id` names it among several of its kind (`slack-default` is the configured one).

    `settings` holds references to secrets, never their values; the keys are those of the kind's notifier:
    Webhook `url` (an https URL or a reference), `secret` (a reference, optional);
    Slack `url` (a reference), `channel`, `username` (both optional, legacy webhooks only).
    """

    channel_id: str
    kind: ChannelKind
    settings: Mapping[str, str]
