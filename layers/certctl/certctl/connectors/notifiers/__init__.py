"""The registry of notifiers: the factory of each kind of channel."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from certctl.connectors.notifiers.base import Notifier, Providers
from certctl.connectors.notifiers.eventbridge import EventBridge
from certctl.connectors.notifiers.http_notifier import HttpNotifier
from certctl.connectors.notifiers.mail.email import email_notifier
from certctl.connectors.notifiers.opsgenie import JSM, OPSGENIE, Alerts
from certctl.connectors.notifiers.pagerduty import PagerDuty
from certctl.connectors.notifiers.slack import Slack
from certctl.connectors.notifiers.sns import Sns
from certctl.connectors.notifiers.teams import Teams
from certctl.connectors.notifiers.webhook import Webhook
from certctl.domain.channels.channels import ChannelConfig, ChannelKind
from certctl.domain.errors import InvalidInput

Factory = Callable[[ChannelConfig, Providers], Notifier]

FACTORIES: Mapping[str, Factory] = MappingProxyType(
    {
        ChannelKind.WEBHOOK: lambda channel, reach: HttpNotifier(Webhook(channel, reach.secrets), reach.http),
        ChannelKind.SLACK: lambda channel, reach: HttpNotifier(Slack(channel, reach.secrets), reach.http),
        ChannelKind.TEAMS: lambda channel, reach: HttpNotifier(Teams(channel, reach.secrets), reach.http),
        ChannelKind.PAGERDUTY: lambda channel, reach: HttpNotifier(
            PagerDuty(channel, reach.secrets), reach.http
        ),
        ChannelKind.OPSGENIE: lambda channel, reach: HttpNotifier(
            Alerts(channel, OPSGENIE, reach.secrets), reach.http
        ),
        ChannelKind.JSM: lambda channel, reach: HttpNotifier(Alerts(channel, JSM, reach.secrets), reach.http),
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
