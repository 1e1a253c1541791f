"""OpsGenie, by its Alert API."""

from collections.abc import Mapping

from certctl.domain.channels.kinds.base_urls import check_base_url
from certctl.domain.channels.kinds.definitions import ChannelDefinition, options_of, secret
from certctl.domain.kinds import ChannelKind, Setting, SettingForm

# Jira Service Management took OpsGenie over, with its keys
_BOTH = "OpsGenie and Jira Service Management"


def alert_settings(where_the_key_is: str, base: str) -> Mapping[str, Setting]:
    """The settings that OpsGenie and its successor share."""
    return {
        "api_key": secret("API key", _BOTH, required=True, help=where_the_key_is),
        "priority": Setting(
            label="Priority",
            help="What a warning is. Critical is P1, info P5.",
            form=SettingForm.CHOICE,
            options=options_of("P1", "P2", "P3", "P4", "P5"),
            default="P3",
        ),
        "url": Setting(label="Base URL", takes_url=True, placeholder=base),
    }


OPSGENIE = ChannelDefinition(
    ChannelKind.OPSGENIE,
    settings=alert_settings("Of an API integration, not an account's.", "https://api.opsgenie.com"),
    alert_rank=20,
    opens_incidents=True,
    only_critical=True,
    configured_by={"OpsGenie": "api_key"},
    hosts=frozenset({"api.opsgenie.com", "api.eu.opsgenie.com"}),
    notice="OpsGenie ends on 2027-04-05: move this channel to Jira Service Management (kind JSM).",
    check=check_base_url,
)
