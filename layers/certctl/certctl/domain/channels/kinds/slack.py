"""Slack, by incoming webhooks."""

from certctl.domain.channels.kinds.definitions import ChannelDefinition, secret
from certctl.domain.kinds import ChannelKind, Setting

_LEGACY = "For legacy webhooks; others ignore it."

SLACK = ChannelDefinition(
    ChannelKind.SLACK,
    settings={
        "url": secret("URL of the incoming webhook", "the URL that it holds", required=True),
        "channel": Setting(label="Channel", placeholder="#alerts", help=_LEGACY),
        "username": Setting(label="User name", help=_LEGACY),
    },
    alert_rank=40,
    configured_by={"Slack": "url"},
)
