"""The destination of a channel's secret. A secret is for one destination, so that nobody who may set up
channels, but may read no secret, has one sent to a host of their own."""

from collections.abc import Collection, Mapping

from certctl.domain.channels.kinds.definitions import ChannelDefinition, SettingValues
from certctl.domain.errors import InvalidInput
from certctl.domain.urls import split_url


def destinations_of(definition: ChannelDefinition, given: SettingValues) -> dict[str, str]:
    """Setting -> the destination of its secret, for the settings that name one."""
    host = given.get("host", "").lower().rstrip(".")
    return {
        name: setting.destination.replace("{host}", host)
        for name, setting in definition.settings.items()
        if setting.is_secret and given.get(name) and "://" not in given[name]
    }


def secrets_of(definition: ChannelDefinition, given: SettingValues) -> dict[str, str]:
    """Reference -> destination."""
    return {given[name]: where for name, where in destinations_of(definition, given).items()}


def foreign(
    definition: ChannelDefinition, given: SettingValues, known: Mapping[str, Collection[str]]
) -> dict[str, str]:
    """Setting -> the existing destination of its secret, for those with another one. A secret that is in use
    twice, as earlier releases allowed, keeps both."""
    return {
        name: ", ".join(sorted(known[given[name]]))
        for name, where in destinations_of(definition, given).items()
        if given[name] in known and where not in known[given[name]]
    }


def refuse_foreign_host(
    definition: ChannelDefinition, given: SettingValues, allowed: Collection[str]
) -> None:
    """Raises InvalidInput if a provider's key would go to a host that is neither the provider's nor one that
    the deployment allows."""
    url, hosts = given.get("url", ""), definition.hosts
    if not url or not hosts or split_url(url).host in hosts | set(allowed):
        return
    raise InvalidInput.of(
        "url",
        f"must be at {' or '.join(sorted(hosts))}; a gateway of your own is allowed by the deployment "
        "(EngineSettings, ChannelHosts)",
    )
