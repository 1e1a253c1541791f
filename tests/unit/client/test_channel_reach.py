"""Whether alerts reach a channel: what the client tells from the rules, compared with the engine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import cast

import pytest

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import (
    _ALWAYS_NOTIFIED,
    Route,
    RoutingFacts,
    RoutingRule,
    Topic,
    channels_for,
)
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl_client.api.schema import ChannelView, RoutingRuleView
from certctl_client.commands.alerting.reach import (
    GETS_REVOCATIONS,
    ONLY_CRITICAL,
    routed_by,
    unrouted_warning,
)

_NOW = datetime(2026, 11, 27, tzinfo=UTC)
_SUBJECT = AlertSubject(SubjectKind.TARGET, team_id="t-web", owner_id="o-ann")
_KINDS = {"slack": "Slack", "pager": "PagerDuty", "hook": "Webhook"}
_CRITICAL = (Severity.CRITICAL,)
_QUIET = (Severity.INFO, Severity.WARNING)
_RULES = {
    "no rule": {},
    "the stack's takes all": {"stack": [Route(("slack",))]},
    "the stack's takes all, in two routes": {
        "stack": [Route(("slack",), _CRITICAL), Route(("pager",), _QUIET)],
    },
    "the stack's takes critical ones": {"stack": [Route(("hook",), _CRITICAL)]},
    "the stack's takes the others": {"stack": [Route(("hook",), _QUIET)]},
    "the stack's takes a type": {"stack": [Route(("slack",), (), (NotificationType.RENEWAL_FAILURE,))]},
    "only the team's": {"team:t-web": [Route(("hook",))]},
    "the team's, and the stack's": {
        "team:t-web": [Route(("pager",), _CRITICAL)],
        "stack": [Route(("slack",))],
    },
    "the owner's, and the stack's": {"owner:o-ann": [Route(("hook",))], "stack": [Route(("slack",))]},
}

type Routes = dict[str, list[Route]]


def _reached(rules: Routes) -> set[str]:
    """The channels that any possible alert reaches, of the team and its owner, and of others."""
    facts = RoutingFacts(
        CHANNEL_KINDS,
        [ChannelConfig(name, ChannelKind(kind), {}) for name, kind in _KINDS.items()],
        {rule_id: RoutingRule(rule_id, tuple(routes), _NOW, _NOW) for rule_id, routes in rules.items()},
    )
    topics = [Topic(*topic) for topic in product(NotificationType, Severity)]
    routed = [topic for topic in topics if topic.type is not NotificationType.REVOCATION]
    subjects = (_SUBJECT, replace(_SUBJECT, team_id="t-other", owner_id="o-other"))
    return {ref.id for topic in routed for subject in subjects for ref in channels_for(topic, subject, facts)}


def _views(rules: Routes) -> list[RoutingRuleView]:
    return [
        {
            "id": rule_id,
            "routes": [
                {
                    "channels": list(route.channels),
                    "severities": [each.value for each in route.severities],
                    "types": [each.value for each in route.types],
                }
                for route in routes
            ],
            "version": 1,
            "created_at": "",
            "updated_at": "",
        }
        for rule_id, routes in rules.items()
    ]


def _channel(name: str) -> ChannelView:
    return cast(ChannelView, {"id": name, "kind": _KINDS[name]})


def _routed(rules: Routes) -> dict[str, Sequence[str]]:
    return {name: routed_by(_channel(name), _views(rules)) for name in _KINDS}


@pytest.mark.parametrize("rules", _RULES.values(), ids=_RULES.keys())
def test_a_channel_is_routed_if_the_engine_sends_it_any_alert_but_revocations(rules: Routes) -> None:
    routed = _routed(rules)
    assert {name for name, found in routed.items() if found not in ([], ["revocations"])} == _reached(rules)


def test_the_rules_that_lead_to_a_channel_are_named() -> None:
    assert _routed(_RULES["the team's, and the stack's"]) == {
        "slack": ["stack"],
        "pager": ["team:t-web"],
        "hook": ["revocations"],
    }
    assert _routed({})["pager"] == ["default"]


def test_a_channel_that_no_route_leads_to_gets_a_warning() -> None:
    rules = _views(_RULES["the stack's takes all"])
    assert unrouted_warning(_channel("slack"), rules) is None
    assert "so it gets no alerts" in (unrouted_warning(_channel("pager"), rules) or "")
    assert "only revocations may reach it" in (unrouted_warning(_channel("hook"), rules) or "")


def test_the_kinds_that_are_treated_differently_are_the_engines() -> None:
    assert {str(kind.kind) for kind in CHANNEL_KINDS if kind.only_critical} == ONLY_CRITICAL
    assert {kind.value for kinds in _ALWAYS_NOTIFIED.values() for kind in kinds} == GETS_REVOCATIONS
