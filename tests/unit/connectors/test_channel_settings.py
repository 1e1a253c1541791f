"""What the API may say of a channel's settings when they are saved."""

import pytest

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.base_urls import api_url
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.channels.settings import check_values, warnings_of
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind


def channel(kind: ChannelKind, **settings: str) -> ChannelConfig:
    return ChannelConfig("c", kind, settings)


def check(config: ChannelConfig) -> None:
    check_values(CHANNEL_KINDS.of(config.kind), config.settings)


def warnings(config: ChannelConfig) -> list[str]:
    return warnings_of(CHANNEL_KINDS.of(config.kind), config.settings)


@pytest.mark.parametrize(
    "config",
    [
        channel(ChannelKind.TEAMS, url="https://contoso.webhook.office.com/webhookb2/s3cr3t"),
        channel(ChannelKind.TEAMS, url="https://outlook.office.com/webhook/s3cr3t"),
        channel(ChannelKind.TEAMS, format="s3cr3t"),
        channel(ChannelKind.PAGERDUTY, severity="s3cr3t"),
        channel(ChannelKind.PAGERDUTY, url="https://events.pagerduty.com?s3cr3t"),
        channel(ChannelKind.OPSGENIE, priority="s3cr3t"),
        channel(ChannelKind.JSM, url="https://api.atlassian.com/#s3cr3t"),
        channel(ChannelKind.EMAIL, from_address="s3cr3t"),
        channel(ChannelKind.SNS, topic_arn="s3cr3t"),
        channel(ChannelKind.EVENTBRIDGE, event_bus="arn:aws:sns:eu-central-1:123456789012:s3cr3t"),
        channel(ChannelKind.EVENTBRIDGE, source="aws.s3cr3t"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_without_their_value(config: ChannelConfig) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check(config)
    assert "s3cr3t" not in refusal.value.detail
    assert "contoso" not in refusal.value.detail
    assert refusal.value.problems[0].field in config.settings


@pytest.mark.parametrize("kind", [kind for kind in ChannelKind if kind not in ("Email", "SNS")])
def test_settings_that_are_not_set_have_defaults(kind: ChannelKind) -> None:
    check(channel(kind))


@pytest.mark.parametrize(
    "url",
    ["certctl/blue/channels/teams", "https://prod-1.logic.azure.com/x", "https://notoutlook.office.com/"],
)
def test_other_urls_and_references_are_not_taken_for_a_retired_connector(url: str) -> None:
    check(channel(ChannelKind.TEAMS, url=url))


def test_the_operator_is_warned_of_opsgenies_end() -> None:
    assert "2027-04-05" in warnings(channel(ChannelKind.OPSGENIE))[0]
    assert warnings(channel(ChannelKind.JSM)) == []
    assert warnings(channel(ChannelKind.TEAMS)) == []
    assert "MessageCard" in warnings(channel(ChannelKind.TEAMS, format="message_card"))[0]


def test_the_default_base_is_the_providers_own() -> None:
    assert api_url({}, "https://api.opsgenie.com", "/v2/alerts") == "https://api.opsgenie.com/v2/alerts"
    assert api_url({"url": " "}, "https://a.example/", "/b") == "https://a.example/b"
