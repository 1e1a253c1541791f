"""A channel of each HTTP kind, set up according to its provider's documentation, with a loopback server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.notifiers import build_notifier
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome
from tests.support.channels.receivers import Receiver
from tests.support.notifications.messages import REVOKED, providers

STACK = "blue"
PREFIX = f"certctl/{STACK}/channels/"
SIGNING_SECRET = "whsec_ZXhhbXBsZS1zaWduaW5nLXNlY3JldA=="

HTTP_KINDS = (
    ChannelKind.SLACK,
    ChannelKind.TEAMS,
    ChannelKind.PAGERDUTY,
    ChannelKind.OPSGENIE,
    ChannelKind.JSM,
    ChannelKind.WEBHOOK,
)


@dataclass(frozen=True)
class SetUp:
    """`settings` as an administrator writes them, `values` of the secrets that they refer to."""

    settings: Mapping[str, str]
    values: Mapping[str, str]


def _slack(receiver: Receiver) -> SetUp:
    return SetUp({"url": f"{PREFIX}slack"}, {"slack": receiver.url("/services/T000/B000/example")})


def _teams(receiver: Receiver) -> SetUp:
    path = "/powerautomate/automations/direct/workflows/example/triggers/manual/paths/invoke?sig=example"
    return SetUp({"url": f"{PREFIX}teams"}, {"teams": receiver.url(path)})


def _pagerduty(receiver: Receiver) -> SetUp:
    settings = {"routing_key": f"{PREFIX}pagerduty", "url": receiver.url("")}
    return SetUp(settings, {"pagerduty": "example-routing-key"})


def _alerts(receiver: Receiver) -> SetUp:
    return SetUp(
        {"api_key": f"{PREFIX}alerts", "url": receiver.url("")}, {"alerts": "example-integration-key"}
    )


def _webhook(receiver: Receiver) -> SetUp:
    settings = {"url": receiver.url("/hooks/certctl"), "secret": f"{PREFIX}signing"}
    return SetUp(settings, {"signing": SIGNING_SECRET})


SET_UPS: Mapping[ChannelKind, Callable[[Receiver], SetUp]] = {
    ChannelKind.SLACK: _slack,
    ChannelKind.TEAMS: _teams,
    ChannelKind.PAGERDUTY: _pagerduty,
    ChannelKind.OPSGENIE: _alerts,
    ChannelKind.JSM: _alerts,
    ChannelKind.WEBHOOK: _webhook,
}


class StoredSecrets:
    """A fake Secrets Manager over a dictionary."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        return {"SecretString": self._values[SecretId.removeprefix(PREFIX)]}


def secrets_of(values: Mapping[str, str]) -> Secrets:
    client = cast(Any, StoredSecrets(values))
    return Secrets(STACK, lambda: client, lambda: client)


def loopback_http() -> OutboundHttp:
    """HTTP with the settings of `make run`: http to loopback only."""
    return OutboundHttp(AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"])))


def send_through(
    kind: ChannelKind,
    receiver: Receiver,
    message: Message = REVOKED,
    settings: Mapping[str, str] | None = None,
) -> Outcome:
    """One attempt through the registry's notifier; `settings` go over those of the set-up."""
    set_up = SET_UPS[kind](receiver)
    config = ChannelConfig(f"{kind.lower()}-default", kind, {**set_up.settings, **(settings or {})})
    reach = providers(loopback_http(), secrets_of(set_up.values))
    return build_notifier(config, reach).send(message, 5.0)
