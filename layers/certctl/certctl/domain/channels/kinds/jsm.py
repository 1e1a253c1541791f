"""Jira Service Management, the successor of OpsGenie."""

from certctl.domain.channels.kinds.base_urls import check_base_url
from certctl.domain.channels.kinds.definitions import ChannelDefinition
from certctl.domain.channels.kinds.opsgenie import alert_settings
from certctl.domain.kinds import ChannelKind

JSM = ChannelDefinition(
    ChannelKind.JSM,
    label="Jira Service Management",
    settings=alert_settings(
        "Of an API integration in Operations, Integrations.", "https://api.atlassian.com"
    ),
    alert_rank=30,
    opens_incidents=True,
    only_critical=True,
    hosts=frozenset({"api.atlassian.com"}),
    check=check_base_url,
)
