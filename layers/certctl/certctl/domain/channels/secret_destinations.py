"""Where the value of a channel's secret goes. A secret is for one destination, so that nobody who may set up
channels, and may read no secret, has one sent to a host of their own."""

from collections.abc import Collection, Mapping

from certctl.domain.channels.channels import ChannelConfig, ChannelKind

_PROVIDERS = {
    ChannelKind.PAGERDUTY: "PagerDuty",
    # Jira Service Management took OpsGenie over, with its keys
    ChannelKind.OPSGENIE: "OpsGenie and Jira Service Management",
    ChannelKind.JSM: "OpsGenie and Jira Service Management",
}


def destinations_of(config: ChannelConfig) -> dict[str, str]:
    """Setting -> where its secret goes, of those settings that name one."""
    found = {name: _destination(config, name) for name in _OF_SECRETS if config.settings.get(name)}
    return {name: where for name, where in found.items() if where}


def secrets_of(config: ChannelConfig) -> dict[str, str]:
    """Reference -> where it goes."""
    return {config.settings[name]: where for name, where in destinations_of(config).items()}


_OF_SECRETS = ("url", "secret", "routing_key", "api_key", "password")


def _destination(config: ChannelConfig, name: str) -> str:
    if name == "url":  # one that is a secret says itself where it goes
        return "" if "://" in config.settings["url"] else "the URL that it holds"
    if name == "secret":  # it signs, and is never sent
        return "the signatures of webhooks"
    if name == "password":
        return f"the mail server {config.settings.get('host', '').lower().rstrip('.')}"
    return _PROVIDERS.get(config.kind, "")


def foreign(config: ChannelConfig, known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Setting -> where its secret goes already, of those that go elsewhere. A secret that is in use twice, as
    earlier releases allowed, goes on at each."""
    goes = destinations_of(config)
    return {
        name: ", ".join(sorted(known[reference]))
        for name, where in goes.items()
        if (reference := config.settings[name]) in known and where not in known[reference]
    }
