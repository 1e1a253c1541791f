"""What routing would do with an alert that has not happened: for people who set it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.notifications.mutes import Mute, mutes_in_force
from certctl.domain.notifications.routing import (
    ChannelRef,
    ConsideredRoute,
    RouteVerdict,
    RoutingFacts,
    Topic,
    channels_for,
    considered_routes,
)
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject


@dataclass(frozen=True)
class PreviewRequest:
    """An alert about a certificate, about an owner's and a team's, or, without ids, about the whole stack."""

    type: NotificationType
    severity: Severity
    certificate_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None

    @property
    def topic(self) -> Topic:
        return Topic(self.type, self.severity)


class Unusable(StrEnum):
    """Why a channel that a route names does not get the alert."""

    UNKNOWN = "unknown"
    DISABLED = "disabled"
    NO_RECIPIENT = "no_recipient"


@dataclass(frozen=True)
class RoutingPreview:
    """`routes` are those that routing considered; if the last one did not take the alert, the default
    applies. `channels` would get it, regardless of `mutes`, which are those that mute it now."""

    channels: Sequence[ChannelRef]
    routes: Sequence[ConsideredRoute]
    unusable: Mapping[str, Unusable]
    mutes: Sequence[Mute]

    @property
    def is_by_default(self) -> bool:
        return not any(each.verdict is RouteVerdict.TAKEN for each in self.routes)


def preview(topic: Topic, subject: AlertSubject, facts: RoutingFacts, now: datetime) -> RoutingPreview:
    """Decided by the functions that route real alerts."""
    routes = list(considered_routes(topic, subject, facts))
    return RoutingPreview(
        channels=channels_for(topic, subject, facts),
        routes=routes,
        unusable=_unusable(routes, {channel.channel_id: channel for channel in facts.channels}),
        mutes=mutes_in_force(facts.mutes, subject, topic.severity, now),
    )


def _unusable(
    routes: Sequence[ConsideredRoute], channels: Mapping[str, ChannelConfig]
) -> dict[str, Unusable]:
    """The unusable channels of the routes that take the alert, each with the reason."""
    taking = [each for each in routes if each.verdict is not RouteVerdict.OTHER_ALERTS]
    left_out = [c for each in taking for c in each.route.channels if c not in each.usable]
    return {channel_id: _reason(channels.get(channel_id)) for channel_id in left_out}


def _reason(channel: ChannelConfig | None) -> Unusable:
    if channel is None:
        return Unusable.UNKNOWN
    return Unusable.NO_RECIPIENT if channel.is_enabled else Unusable.DISABLED
