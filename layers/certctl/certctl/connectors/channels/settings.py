"""What a channel's settings may say: read at each send, and checked by the API when a channel is saved.

Imports nothing that reaches out: the API's functions may not.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from certctl.connectors.channels.bus_settings import bus_of, source_of
from certctl.connectors.channels.mail_settings import check_mail_settings
from certctl.connectors.channels.topic_settings import topic_of
from certctl.domain.channels.channels import ChannelConfig, ChannelKind
from certctl.domain.errors import InvalidInput
from certctl.domain.urls import UrlMalformed, split_url

Settings = Mapping[str, str]

ADAPTIVE_CARD = "adaptive_card"
MESSAGE_CARD = "message_card"
PAGERDUTY_SEVERITIES = ("critical", "error", "warning", "info")
ALERT_PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
OPSGENIE_ENDS = "OpsGenie ends on 2027-04-05: move this channel to Jira Service Management (kind JSM)."
_MESSAGE_CARDS = (
    "Microsoft documents MessageCard as unsupported in Workflows: prefer the format adaptive_card."
)
PROVIDER_HOSTS: Mapping[ChannelKind, frozenset[str]] = MappingProxyType(
    {
        ChannelKind.PAGERDUTY: frozenset({"events.pagerduty.com", "events.eu.pagerduty.com"}),
        ChannelKind.OPSGENIE: frozenset({"api.opsgenie.com", "api.eu.opsgenie.com"}),
        ChannelKind.JSM: frozenset({"api.atlassian.com"}),
    }
)
_RETIRED_HOSTS = ("outlook.office.com", "outlook.office365.com", "webhook.office.com")


def check_settings(config: ChannelConfig) -> None:
    """For saving. Raises InvalidInput, with the setting's name and without its value. Secrets stay unread,
    so what a secret holds (Teams' URL) is checked at the send.
    """
    check = _CHECKS.get(config.kind)
    if check:
        check(config.settings)


def warnings_of(config: ChannelConfig) -> list[str]:
    """What an administrator should know of a channel that works today. Without secrets."""
    if config.kind is ChannelKind.OPSGENIE:
        return [OPSGENIE_ENDS]
    if config.kind is ChannelKind.TEAMS and config.settings.get("format") == MESSAGE_CARD:
        return [_MESSAGE_CARDS]
    return []


def refuse_foreign_host(config: ChannelConfig, allowed: Collection[str]) -> None:
    """Raises InvalidInput where a provider's key would go to a host that is neither the provider's nor one of
    those that the deployment allows."""
    url, hosts = config.settings.get("url", ""), PROVIDER_HOSTS.get(config.kind, frozenset())
    if not url or not hosts or split_url(url).host in hosts | set(allowed):
        return
    raise InvalidInput.of(
        "url",
        f"must be at {' or '.join(sorted(hosts))}; a gateway of your own is allowed by the deployment "
        "(EngineSettings, ChannelHosts)",
    )


def teams_format(settings: Settings) -> str:
    """Raises InvalidInput."""
    return _choice(settings, "format", (ADAPTIVE_CARD, MESSAGE_CARD), ADAPTIVE_CARD)


def pagerduty_severity(settings: Settings) -> str:
    """What a warning is to PagerDuty. Raises InvalidInput."""
    return _choice(settings, "severity", PAGERDUTY_SEVERITIES, "warning")


def alert_priority(settings: Settings) -> str:
    """What a warning is to OpsGenie and JSM. Raises InvalidInput."""
    return _choice(settings, "priority", ALERT_PRIORITIES, "P3")


def api_url(settings: Settings, base: str, path: str) -> str:
    """`path` below the base URL of the settings, else below `base`. A base that ends in slashes, or with
    the path itself, is taken as it was meant. Raises InvalidInput for one with a query.
    """
    configured = settings.get("url", "").strip() or base
    if "?" in configured or "#" in configured:
        raise InvalidInput.of("url", "the base URL may have no query and no fragment")
    return configured.rstrip("/").removesuffix(path).rstrip("/") + path


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


def _choice(settings: Settings, name: str, allowed: Sequence[str], default: str) -> str:
    value = settings.get(name) or default
    if value not in allowed:
        raise InvalidInput.of(name, f"must be one of {', '.join(allowed)}")
    return value


def _check_teams(settings: Settings) -> None:
    teams_format(settings)
    refuse_retired_connector(settings.get("url", ""))


def _check_pagerduty(settings: Settings) -> None:
    pagerduty_severity(settings)
    api_url(settings, "", "")


def _check_alerts(settings: Settings) -> None:
    alert_priority(settings)
    api_url(settings, "", "")


def _check_topic(settings: Settings) -> None:
    topic_of(settings)


def _check_bus(settings: Settings) -> None:
    bus_of(settings)
    source_of(settings, "stack")


_CHECKS: Mapping[ChannelKind, Callable[[Settings], None]] = MappingProxyType(
    {
        ChannelKind.TEAMS: _check_teams,
        ChannelKind.PAGERDUTY: _check_pagerduty,
        ChannelKind.OPSGENIE: _check_alerts,
        ChannelKind.JSM: _check_alerts,
        ChannelKind.EMAIL: check_mail_settings,
        ChannelKind.SNS: _check_topic,
        ChannelKind.EVENTBRIDGE: _check_bus,
    }
)
