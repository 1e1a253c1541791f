"""Routing: which channels an alert goes to, and who gets its mail. Rules as data, over a default that needs
none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.mutes import Mute
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject

MAX_RULES = 500
MAX_ROUTES = 50
MAX_CHANNELS = 20
STACK_RULE = "stack"
# regardless of the rules: docs/alerts.md#routing-recipients-mutes
_ALWAYS_NOTIFIED: Mapping[NotificationType, tuple[ChannelKind, ...]] = {
    NotificationType.REVOCATION: (ChannelKind.WEBHOOK, ChannelKind.EMAIL),
}
ASKED_FOR = frozenset({NotificationType.RENEWAL_SUCCESS, NotificationType.DEPLOYMENT_SUCCESS})
"""Good news is sent only by routes that name its type."""


@dataclass(frozen=True)
class ChannelRef:
    """A row's channel: its id, its kind, and its recipient: a mail address for Email, else the channel's
    id."""

    id: str
    kind: str
    recipient: str


@dataclass(frozen=True)
class Topic:
    """The properties of an alert that routing uses."""

    type: NotificationType
    severity: Severity


@dataclass(frozen=True)
class Route:
    """Alerts of these severities and types (none means any) go to these channels, by their ids."""

    channels: tuple[str, ...]
    severities: tuple[Severity, ...] = ()
    types: tuple[NotificationType, ...] = ()

    def takes(self, topic: Topic) -> bool:
        has_severity = not self.severities or topic.severity in self.severities
        takes_any = not self.types and topic.type not in ASKED_FOR
        return has_severity and (takes_any or topic.type in self.types)


@dataclass(frozen=True)
class RoutingRule:
    """`id` is `stack`, `team:<team id>` or `owner:<owner id>`. `revision` rises with each change."""

    id: str
    routes: tuple[Route, ...]
    created_at: datetime
    updated_at: datetime
    revision: int = 1


@dataclass(frozen=True)
class RoutingFacts:
    """The facts that routing an alert of one subject uses. `address` is the owner's, else the team's; the
    names are for people, and empty if they are unknown."""

    kinds: ChannelKinds
    channels: Sequence[ChannelConfig] = ()
    rules: Mapping[str, RoutingRule] = field(default_factory=dict)
    mutes: Sequence[Mute] = ()
    address: str | None = None
    owner_name: str = ""
    team_name: str = ""


NO_ALERTS = RoutingFacts(ChannelKinds([]))
"""The facts for a change that alerts nobody."""


def recipient_of(channel: ChannelConfig, address: str | None) -> str | None:
    """The recipient; None if there is none: an Email channel without a default, and no `address`."""
    if channel.kind != ChannelKind.EMAIL:
        return channel.channel_id
    return address or channel.settings.get("to") or None


def channels_for(topic: Topic, subject: AlertSubject, facts: RoutingFacts) -> list[ChannelRef]:
    """The channels of an alert in a fixed order. The most specific rule with a route for the topic decides:
    the owner's, the team's, the stack's, else the default.

    Skipped are disabled and unknown channels, and a route that has no others: a rule that outlived its
    channels must not silence anybody.
    """
    refs = usable_channels(facts)
    in_reach = [c for c in facts.channels if c.channel_id in refs and c.team_id in (None, subject.team_id)]
    chosen = _by_rules(topic, subject, facts) or _by_default(topic, in_reach, facts.kinds)
    return [refs[each] for each in _with_always_notified(topic, in_reach, chosen, refs)]


def usable_channels(facts: RoutingFacts) -> dict[str, ChannelRef]:
    """The channels that are enabled and have a recipient, by id."""
    refs: dict[str, ChannelRef] = {}
    for channel in sorted(facts.channels, key=lambda c: c.channel_id):
        recipient = recipient_of(channel, facts.address)
        if channel.is_enabled and recipient:
            refs[channel.channel_id] = ChannelRef(channel.channel_id, str(channel.kind), recipient)
    return refs


class RouteVerdict(StrEnum):
    """`no_usable_channel`: it takes the alert, but all of its channels are disabled, unknown or without a
    recipient, so the next route is asked."""

    TAKEN = "taken"
    OTHER_ALERTS = "other_alerts"
    NO_USABLE_CHANNEL = "no_usable_channel"


@dataclass(frozen=True)
class ConsideredRoute:
    """A route, what routing decided about it, and those of its channels that are usable."""

    rule_id: str
    number: int
    """The number of the route in its rule, from 1."""
    route: Route
    verdict: RouteVerdict
    usable: tuple[str, ...]


def considered_routes(topic: Topic, subject: AlertSubject, facts: RoutingFacts) -> Iterator[ConsideredRoute]:
    """The most specific first, up to the one that takes the alert. If none does, the default applies."""
    refs = usable_channels(facts)
    for rule_id in (f"owner:{subject.owner_id}", f"team:{subject.team_id}", STACK_RULE):
        routes = facts.rules[rule_id].routes if rule_id in facts.rules else ()
        for number, route in enumerate(routes, start=1):
            usable = tuple(channel for channel in route.channels if channel in refs)
            verdict = _verdict_on(route, topic, usable)
            yield ConsideredRoute(rule_id, number, route, verdict, usable)
            if verdict is RouteVerdict.TAKEN:
                return


def _verdict_on(route: Route, topic: Topic, usable: Sequence[str]) -> RouteVerdict:
    if not route.takes(topic):
        return RouteVerdict.OTHER_ALERTS
    return RouteVerdict.TAKEN if usable else RouteVerdict.NO_USABLE_CHANNEL


def _by_rules(topic: Topic, subject: AlertSubject, facts: RoutingFacts) -> Sequence[str]:
    considered = considered_routes(topic, subject, facts)
    return next((each.usable for each in considered if each.verdict is RouteVerdict.TAKEN), ())


def _by_default(topic: Topic, in_reach: Sequence[ChannelConfig], kinds: ChannelKinds) -> list[str]:
    if topic.type in ASKED_FOR:
        return []
    is_critical = topic.severity is Severity.CRITICAL
    return sorted(c.channel_id for c in in_reach if is_critical or not kinds.of(c.kind).only_critical)


def _with_always_notified(
    topic: Topic, in_reach: Sequence[ChannelConfig], chosen: Sequence[str], usable: Mapping[str, ChannelRef]
) -> list[str]:
    """One of each kind at the front, so that no limit removes it."""
    notified: list[str] = []
    for kind in _ALWAYS_NOTIFIED.get(topic.type, ()):
        others = sorted(c.channel_id for c in in_reach if c.kind == kind)
        notified += [each for each in chosen if usable[each].kind == kind.value][:1] or others
    return list(dict.fromkeys([*notified, *chosen]))


@dataclass(frozen=True)
class RuleInput:
    """The complete rule. `revision`, if given, must be the stored one, 0 if there is no rule."""

    routes: tuple[Route, ...]
    revision: int | None = None
