"""Previews of routing on the wire."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.notifications.routing_schemas import MuteView, mute_view
from certctl.api.records import STRICT, view_of
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.previews import PreviewRequest, Unusable
from certctl.domain.notifications.routing import ConsideredRoute, RouteVerdict
from certctl.domain.notifications.statuses import NotificationType, Severity

if TYPE_CHECKING:
    from certctl.services.notifications.previews import NamedPreview

_RecordId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]

ABOUT_PREVIEW = (
    "Where an alert of this type and severity would go now, and why, decided by the code that routes real "
    "alerts, by the rules, channels and mutes as they are stored: a change counts at once here, and within "
    "60 seconds for alerts. It sends nothing. The state of a channel does not matter for routing: alerts "
    "wait for one that is paused, and are dead at one that is gone."
)


class RoutingPreviewBody(BaseModel):
    """The alert: about a certificate, or about what an owner or a team (or both) has; without ids, about the
    whole stack."""

    model_config = STRICT

    type: NotificationType
    severity: Severity
    certificate_id: _RecordId | None = None
    owner_id: _RecordId | None = None
    team_id: _RecordId | None = None

    def parsed(self) -> PreviewRequest:
        if self.certificate_id and (self.owner_id or self.team_id):
            raise InvalidInput.of("certificate_id", "has an owner and a team of its own: leave theirs out")
        if self.type is NotificationType.TEST:
            raise InvalidInput.of("type", "a test message is not routed: it goes to its channel")
        return PreviewRequest(self.type, self.severity, self.certificate_id, self.owner_id, self.team_id)


class RoutedChannelView(TypedDict):
    """A channel that would get the alert. `recipient` is a mail address, else the channel's id."""

    channel_id: str
    kind: str
    recipient: str


class UnusableChannelView(TypedDict):
    """A channel that a route names and that would not get the alert, and why."""

    channel_id: str
    because: Unusable


class ConsideredRouteView(TypedDict):
    """`number` counts the routes of a rule from 1; `channels` are all that the route names."""

    rule_id: str
    number: int
    verdict: RouteVerdict
    channels: list[str]


class RoutingPreviewView(TypedDict):
    """`routes` in the order in which they were considered, the last one being that which takes the alert,
    unless it goes `by_default`. While one of the `mutes` is in force, the alert is stored and not sent."""

    by_default: bool
    routes: list[ConsideredRouteView]
    destinations: list[RoutedChannelView]
    unusable: list[UnusableChannelView]
    muted: bool
    mutes: list[MuteView]


def routing_preview_view(named: "NamedPreview", now: datetime) -> RoutingPreviewView:
    found = named.preview
    return RoutingPreviewView(
        by_default=found.is_by_default,
        routes=[_route_view(each) for each in found.routes],
        destinations=[
            RoutedChannelView(channel_id=each.id, kind=each.kind, recipient=each.recipient)
            for each in found.channels
        ],
        unusable=[
            UnusableChannelView(channel_id=channel_id, because=because)
            for channel_id, because in found.unusable.items()
        ],
        muted=bool(found.mutes),
        mutes=[mute_view(mute, now) for mute in named.mutes],
    )


def _route_view(each: ConsideredRoute) -> ConsideredRouteView:
    return view_of(ConsideredRouteView, each, channels=list(each.route.channels))
