"""Routing rules and mutes on the wire."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.records import STRICT, view_of
from certctl.api.times import Moment
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.mutes import NewMute
from certctl.domain.notifications.routing import MAX_CHANNELS, MAX_ROUTES, Route, RoutingRule, RuleInput
from certctl.domain.notifications.statuses import NotificationType, Severity

if TYPE_CHECKING:
    from certctl.services.notifications.mute_names import NamedMute

_ChannelId = Annotated[str, Field(min_length=1, max_length=64)]
_RecordId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]

TAKES_EFFECT = "Takes effect within 60 seconds: functions cache channels, rules and mutes for that time."
ABOUT_RULES = (
    "`stack`, `team:<team id>` or `owner:<owner id>`. An alert goes to the channels of the first route that "
    "takes it in the rule of its certificate's owner, else its team's, else the stack's. Without one: "
    "`info` and `warning` to Email, Slack, Teams and Webhook channels, `critical` to all. Skipped are "
    "channels that are disabled, and routes that have no other. A Revocation reaches a webhook and a mail "
    f"channel whatever the rules say. {TAKES_EFFECT}"
)
ABOUT_MUTES = (
    "While it is in force, alerts of the certificate, or of all that the team has, are stored as `sent` with "
    "the outcome `muted`: listed, not sent, and available for requeue. Without `severities` it mutes all, a "
    "compromised key too. Resolves are never muted: recipients of an incident get its end. "
    f"{TAKES_EFFECT}"
)


class RouteBody(BaseModel):
    """Alerts of these severities and types go to these channels, by id. Omitted or empty means any."""

    model_config = STRICT

    channels: Annotated[list[_ChannelId], Field(min_length=1, max_length=MAX_CHANNELS)]
    severities: Annotated[list[Severity], Field(max_length=len(Severity))] = []
    types: Annotated[list[NotificationType], Field(max_length=len(NotificationType))] = []

    def parsed(self) -> Route:
        return Route(_once(self.channels), _once(self.severities), _once(self.types))


class RoutingRuleBody(BaseModel):
    """The complete new rule; the first route that takes an alert decides. With a `version` (or `If-Match`)
    it is refused if another version is stored by now (409); 0 means that there is none yet."""

    model_config = STRICT

    routes: Annotated[list[RouteBody], Field(min_length=1, max_length=MAX_ROUTES)]
    version: Annotated[int, Field(ge=0)] | None = None

    def parsed(self, if_match: int | None = None) -> RuleInput:
        return RuleInput(tuple(route.parsed() for route in self.routes), if_match or self.version)


class NewMuteBody(BaseModel):
    """Of one certificate, or of a team. `starts_at` defaults to now; at most 366 days ahead."""

    model_config = STRICT

    certificate_id: _RecordId | None = None
    team_id: _RecordId | None = None
    starts_at: Moment | None = None
    ends_at: Moment
    reason: Annotated[str, Field(min_length=1, max_length=256)]
    severities: Annotated[list[Severity], Field(max_length=len(Severity))] = []

    def parsed(self) -> NewMute:
        return NewMute(
            ends_at=_utc("ends_at", self.ends_at),
            reason=self.reason,
            certificate_id=self.certificate_id,
            team_id=self.team_id,
            starts_at=_utc("starts_at", self.starts_at) if self.starts_at else None,
            severities=_once(self.severities),
        )


class RouteView(TypedDict):
    """Empty `severities` or `types` mean any."""

    channels: list[str]
    severities: list[Severity]
    types: list[NotificationType]


class RoutingRuleView(TypedDict):
    id: str
    routes: list[RouteView]
    version: int
    created_at: str
    updated_at: str


class MuteView(TypedDict):
    """`team_id` owns the mute; without a `certificate_id` it mutes all alerts of the team. `certificate_name`
    is the name by now; null for a mute of a team, and if the caller may not read the certificate."""

    id: str
    certificate_id: str | None
    certificate_name: str | None
    team_id: str
    severities: list[Severity]
    starts_at: str
    ends_at: str
    is_in_force: bool
    reason: str
    created_by: str
    created_by_name: str | None
    created_at: str


def routing_rule_view(rule: RoutingRule) -> RoutingRuleView:
    return view_of(
        RoutingRuleView, rule, routes=[_route_view(route) for route in rule.routes], version=rule.revision
    )


def mute_view(named: "NamedMute", now: datetime) -> MuteView:
    return view_of(
        MuteView,
        named.mute,
        is_in_force=named.mute.is_in_force(now),
        certificate_name=named.certificate_name,
        created_by_name=named.created_by_name,
    )


def _route_view(route: Route) -> RouteView:
    return view_of(RouteView, route)


def _once[V](values: list[V]) -> tuple[V, ...]:
    return tuple(dict.fromkeys(values))


def _utc(field: str, moment: datetime) -> datetime:
    """The time in UTC, to the second, as it is stored."""
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise InvalidInput.of(field, "is out of range") from error
