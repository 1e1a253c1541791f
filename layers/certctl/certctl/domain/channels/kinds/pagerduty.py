"""PagerDuty, by its Events API v2."""

from certctl.domain.channels.kinds.base_urls import check_base_url
from certctl.domain.channels.kinds.definitions import ChannelDefinition, options_of, secret
from certctl.domain.kinds import ChannelKind, Setting, SettingForm

PAGERDUTY = ChannelDefinition(
    ChannelKind.PAGERDUTY,
    settings={
        "routing_key": secret("Integration key", "PagerDuty", required=True),
        "severity": Setting(
            label="Severity",
            help="What a warning is. Critical stays critical, info stays info.",
            form=SettingForm.CHOICE,
            options=options_of("critical", "error", "warning", "info"),
            default="warning",
        ),
        "url": Setting(label="Base URL", takes_url=True, placeholder="https://events.pagerduty.com"),
    },
    alert_rank=10,
    opens_incidents=True,
    only_critical=True,
    configured_by={"PagerDuty": "routing_key"},
    hosts=frozenset({"events.pagerduty.com", "events.eu.pagerduty.com"}),
    check=check_base_url,
)
