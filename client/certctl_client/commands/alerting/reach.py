"""Whether alerts reach a channel: the routing rules that name it, or the default."""

from collections.abc import Iterable, Sequence
from typing import get_args

from certctl_client.api.resources import Stack
from certctl_client.api.schema import ChannelKind, ChannelView, RoutingRuleView, Severity

DEFAULT = "default"
REVOCATIONS = "revocations"
ONLY_CRITICAL: frozenset[ChannelKind] = frozenset({"PagerDuty", "OpsGenie", "JSM", "SNS"})
"""Kinds that get only critical alerts by default."""
GETS_REVOCATIONS: frozenset[ChannelKind] = frozenset({"Webhook", "Email"})
"""Kinds of which at least one channel gets every revocation, whatever the rules say."""
_STACK = "stack"
_LARGEST_PAGE = 500


def rules_of(stack: Stack) -> list[RoutingRuleView]:
    """Reads all rules in one request: a stack has at most 500."""
    return list(stack.routing.all({"per_page": _LARGEST_PAGE}))


def routed_by(channel: ChannelView, rules: Iterable[RoutingRuleView]) -> list[str]:
    """Ids of the rules with a route to the channel, and `default` if the default may choose it. Without any,
    `revocations` for a kind that every revocation may reach. Empty if no alert can reach the channel."""
    rules = list(rules)
    leading = [rule["id"] for rule in rules if _names(rule, channel["id"])]
    found = [*leading, DEFAULT] if _by_default(channel, rules) else leading
    return found or [REVOCATIONS] * (channel["kind"] in GETS_REVOCATIONS)


def routes_in_words(routed_by: Sequence[str]) -> str:
    """The routes, or what reaches the channel without one."""
    if list(routed_by) == [REVOCATIONS]:
        return "revocations, if no other of its kind is routed"
    return ", ".join(routed_by) or "no"


def unrouted_warning(channel: ChannelView, rules: Iterable[RoutingRuleView]) -> str | None:
    """What to do if no route leads to the channel; None if one does."""
    found = routed_by(channel, rules)
    if found and found != [REVOCATIONS]:
        return None
    consequence = (
        ", and only revocations may reach it, if no other of its kind is routed"
        if found
        else ", so it gets no alerts"
    )
    return (
        f"No route leads to {channel['id']}{consequence}. Add it to a rule: see `certctl routing list` and "
        "`certctl routing edit --help`."
    )


def _names(rule: RoutingRuleView, channel_id: str) -> bool:
    return any(channel_id in route["channels"] for route in rule["routes"])


def _by_default(channel: ChannelView, rules: Sequence[RoutingRuleView]) -> bool:
    """The default applies to the severities that no route of the stack's rule catches completely."""
    left = [severity for severity in get_args(Severity) if not _is_caught(severity, rules)]
    return "critical" in left if channel["kind"] in ONLY_CRITICAL else bool(left)


def _is_caught(severity: Severity, rules: Sequence[RoutingRuleView]) -> bool:
    routes = [route for rule in rules if rule["id"] == _STACK for route in rule["routes"]]
    return any(not route["types"] and severity in (route["severities"] or [severity]) for route in routes)
