"""The registry of notifiers: the factory of each kind of channel."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.notifiers.base import Notifier, Providers
from certctl.connectors.notifiers.eventbridge import EventBridge
from certctl.connectors.notifiers.http_notifier import HttpNotifier, HttpProvider
from certctl.connectors.notifiers.mail.email import email_notifier
from certctl.connectors.notifiers.opsgenie import JSM, OPSGENIE, Alerts
from certctl.connectors.notifiers.pagerduty import PagerDuty
from certctl.connectors.notifiers.slack import Slack
from certctl.connectors.notifiers.sns import Sns
from certctl.connectors.notifiers.teams import Teams
from certctl.connectors.notifiers.webhook import Webhook
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind

Factory = Callable[[ChannelConfig, Providers], Notifier]


def _http(provider: Callable[[ChannelConfig, Secrets], HttpProvider]) -> Factory:
    return lambda channel, reach: HttpNotifier(provider(channel, reach.secrets), reach.http)


FACTORIES: Mapping[str, Factory] = MappingProxyType(
    {
        ChannelKind.WEBHOOK: _http(Webhook),
        ChannelKind.SLACK: _http(Slack),
        ChannelKind.TEAMS: _http(Teams),
        ChannelKind.PAGERDUTY: _http(PagerDuty),
        ChannelKind.OPSGENIE: _http(partial(Alerts, api=OPSGENIE)),
        ChannelKind.JSM: _http(partial(Alerts, api=JSM)),
        ChannelKind.EMAIL: email_notifier,
        ChannelKind.SNS: lambda channel, reach: Sns(channel, reach.client),
        ChannelKind.EVENTBRIDGE: lambda channel, reach: EventBridge(
            channel, reach.stack, reach.client, reach.buses
        ),
    }
)


def build_notifier(
    config: ChannelConfig, providers: Providers, factories: Mapping[str, Factory] = FACTORIES
) -> Notifier:
    """Reads no secret and reaches nothing. Raises InvalidInput for a kind without a notifier: that must not
    count as a delivery."""
    factory = factories.get(config.kind)
    if factory is None:
        raise InvalidInput.of("kind", f"no notifier for {config.kind} channels")
    return factory(config, providers)
