"""Which channels an alert goes to: severity x type, per owner and team, over the default."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl.domain.certificates.subjects import subject_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import (
    Route,
    RoutingFacts,
    RoutingRule,
    Topic,
    channels_for,
    recipient_of,
)
from certctl.domain.notifications.statuses import NotificationType, Severity
from tests.support.agents.fleet import certificate

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
SHOP = subject_of(certificate("mc-shop", NOW, owner_id="o-ann", team_id="t-web"))
ALL_KINDS = [kind.value for kind in ChannelKind]
QUIET = [kind.kind for kind in CHANNEL_KINDS if not kind.only_critical]


def channel(channel_id: str, kind: str = "Slack", **fields: Any) -> ChannelConfig:
    return ChannelConfig(channel_id, ChannelKind(kind), fields.pop("settings", {}), **fields)


def configured(*kinds: str) -> list[ChannelConfig]:
    to = {"settings": {"to": "pki@example.com"}}
    return [channel(f"{k.lower()}-default", k, **(to if k == "Email" else {})) for k in kinds]


def rules(**routes: list[Route]) -> Mapping[str, RoutingRule]:
    """`owner__ann` is the rule of the owner o-ann."""
    ids = {"stack": "stack", "team": "team:t-web", "owner": "owner:o-ann", "others": "team:t-other"}
    return {ids[name]: RoutingRule(ids[name], tuple(given), NOW, NOW) for name, given in routes.items()}


def to(*channels: str, severities: str = "", types: str = "") -> Route:
    return Route(
        channels,
        tuple(Severity(each) for each in severities.split()),
        tuple(NotificationType(each) for each in types.split()),
    )


def chosen(
    severity: str,
    facts: RoutingFacts,
    kind: NotificationType = NotificationType.RENEWAL_FAILURE,
) -> list[str]:
    return [ref.id for ref in channels_for(Topic(kind, Severity(severity)), SHOP, facts)]


@pytest.mark.parametrize(
    ("severity", "kinds"), [("info", QUIET), ("warning", QUIET), ("critical", ALL_KINDS)]
)
def test_the_default_works_unconfigured(severity: str, kinds: list[str]) -> None:
    facts = RoutingFacts(CHANNEL_KINDS, configured(*ALL_KINDS))
    assert chosen(severity, facts) == sorted(f"{kind.lower()}-default" for kind in kinds)


def test_a_channel_of_a_team_gets_by_default_only_that_teams_alerts() -> None:
    facts = RoutingFacts(
        CHANNEL_KINDS, [channel("a", team_id="t-web"), channel("b", team_id="t-other"), channel("c")]
    )
    assert chosen("warning", facts) == ["a", "c"]


SOME = [channel(name) for name in "abcd"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"stack": [to("a")], "team": [to("b")], "owner": [to("c")]}, ["c"]),
        ({"stack": [to("a")], "team": [to("b")], "owner": [to("c", severities="info")]}, ["b"]),
        ({"stack": [to("a")], "others": [to("b")]}, ["a"]),
        ({"stack": [to("a", types="PolicyViolation")]}, ["a", "b", "c", "d"]),
        ({"stack": [to("d", "b")]}, ["d", "b"]),
    ],
    ids=["owner first", "then team", "another team's is not asked", "then the default", "in its order"],
)
def test_the_most_specific_rule_with_a_route_decides(
    given: dict[str, list[Route]], expected: list[str]
) -> None:
    assert chosen("critical", RoutingFacts(CHANNEL_KINDS, SOME, rules(**given))) == expected


def test_within_a_rule_the_first_route_that_takes_the_alert_decides() -> None:
    routes = [to("a", severities="info"), to("b", severities="critical", types="RenewalFailure"), to("c")]
    facts = RoutingFacts(CHANNEL_KINDS, SOME, rules(stack=routes))
    assert chosen("info", facts) == ["a"]
    assert chosen("critical", facts) == ["b"]
    assert chosen("critical", facts, NotificationType.DEPLOYMENT_FAILURE) == ["c"]


def test_a_rule_may_name_the_channel_of_another_team() -> None:
    facts = RoutingFacts(
        CHANNEL_KINDS, [channel("a", team_id="t-other"), channel("b")], rules(team=[to("a")])
    )
    assert chosen("warning", facts) == ["a"]


def test_disabled_and_unknown_channels_are_passed_over() -> None:
    channels = [channel("a", is_enabled=False), channel("b")]
    assert chosen("critical", RoutingFacts(CHANNEL_KINDS, channels, rules(stack=[to("a", "gone", "b")]))) == [
        "b"
    ]
    assert chosen("critical", RoutingFacts(CHANNEL_KINDS, channels)) == ["b"]


def test_a_rule_that_outlived_its_channels_silences_nobody() -> None:
    channels = [channel("a", is_enabled=False), channel("b"), channel("c")]
    given = rules(owner=[to("a")], team=[to("gone")], stack=[to("c")])
    assert chosen("critical", RoutingFacts(CHANNEL_KINDS, channels, given)) == ["c"]
    assert chosen("critical", RoutingFacts(CHANNEL_KINDS, channels, rules(owner=[to("a")]))) == ["b", "c"]


@pytest.mark.parametrize("severity", Severity)
def test_a_revocation_reaches_webhook_and_mail_whatever_the_rules_say(severity: str) -> None:
    facts = RoutingFacts(CHANNEL_KINDS, configured(*ALL_KINDS), rules(stack=[to("slack-default")]))
    told = chosen(severity, facts, NotificationType.REVOCATION)
    assert told == ["webhook-default", "email-default", "slack-default"]
    assert chosen(severity, facts) == ["slack-default"]


def test_a_rule_that_has_a_webhook_and_a_mail_channel_needs_no_others_for_a_revocation() -> None:
    own = [channel("hook", "Webhook"), channel("mail", "Email", settings={"to": "web@example.com"})]
    facts = RoutingFacts(
        CHANNEL_KINDS, [*configured("Webhook", "Email"), *own], rules(stack=[to("mail", "hook")])
    )
    assert chosen("warning", facts, NotificationType.REVOCATION) == ["hook", "mail"]


def test_without_webhook_and_mail_channels_a_revocation_has_no_such_rows() -> None:
    assert chosen(
        "warning", RoutingFacts(CHANNEL_KINDS, configured("Slack")), NotificationType.REVOCATION
    ) == ["slack-default"]


def test_an_event_reaches_every_channel_however_many_there_are() -> None:
    many = [channel(f"a{number:03}") for number in range(199)]
    told = chosen(
        "warning", RoutingFacts(CHANNEL_KINDS, [*many, channel("z", "Webhook")]), NotificationType.REVOCATION
    )
    assert sorted(told) == [*(each.channel_id for each in many), "z"]


MAIL = channel("mail", "Email", settings={"to": "pki@example.com"})


@pytest.mark.parametrize(
    ("of", "address", "expected"),
    [
        (MAIL, "ann@example.com", "ann@example.com"),
        (MAIL, None, "pki@example.com"),
        (channel("mail", "Email"), "ann@example.com", "ann@example.com"),
        (channel("mail", "Email"), None, None),
        (channel("mail", "Email", settings={"to": ""}), None, None),
        (channel("ops", "Slack"), "ann@example.com", "ops"),
    ],
)
def test_a_mail_goes_to_an_address_and_never_to_an_id(
    of: ChannelConfig, address: str | None, expected: str | None
) -> None:
    assert recipient_of(of, address) == expected


def test_a_mail_channel_without_any_address_gets_no_row() -> None:
    channels = [channel("mail", "Email"), channel("hook", "Webhook")]
    assert chosen("critical", RoutingFacts(CHANNEL_KINDS, channels), NotificationType.REVOCATION) == ["hook"]
    facts = RoutingFacts(CHANNEL_KINDS, channels, address="ann@example.com")
    assert chosen("critical", facts, NotificationType.REVOCATION) == ["hook", "mail"]
