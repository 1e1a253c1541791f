"""Microsoft Teams, by a workflow of Power Automate."""

from certctl.domain.channels.kinds.definitions import ChannelDefinition, SettingValues, options_of, secret
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind, Setting, SettingForm
from certctl.domain.urls import UrlMalformed, split_url

ADAPTIVE_CARD = "adaptive_card"
MESSAGE_CARD = "message_card"
_UNSUPPORTED = "Microsoft documents MessageCard as unsupported in Workflows: prefer the format adaptive_card."
_RETIRED_HOSTS = ("outlook.office.com", "outlook.office365.com", "webhook.office.com")


def refuse_retired_connector(url: str) -> None:
    """Raises InvalidInput, without the URL, for an Office 365 connector. Other faults are the guard's."""
    try:
        host = split_url(url).host
    except UrlMalformed:
        return
    if any(host == retired or host.endswith(f".{retired}") for retired in _RETIRED_HOSTS):
        raise InvalidInput.of(
            "url",
            "Microsoft has retired Office 365 connectors; make a workflow in Teams and use its URL",
        )


def _check(settings: SettingValues) -> None:
    refuse_retired_connector(settings.get("url", ""))


TEAMS = ChannelDefinition(
    ChannelKind.TEAMS,
    settings={
        "url": secret("URL of the workflow", "the URL that it holds", required=True),
        "format": Setting(
            label="Format",
            form=SettingForm.CHOICE,
            options=options_of(ADAPTIVE_CARD, MESSAGE_CARD),
            default=ADAPTIVE_CARD,
            discouraged={MESSAGE_CARD: _UNSUPPORTED},
        ),
    },
    alert_rank=50,
    configured_by={"Teams": "url"},
    check=_check,
)
