"""Where a weekly digest goes: an owner's by mail, a team's through the channels of its routes."""

from collections.abc import Sequence
from dataclasses import replace

from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import (
    ChannelRef,
    RoutingFacts,
    Topic,
    channels_for,
    usable_channels,
)
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject

_TOPIC = Topic(NotificationType.DIGEST, Severity.INFO)


def digest_channels(subject: AlertSubject, facts: RoutingFacts) -> Sequence[ChannelRef]:
    """The channels of a digest. Channels that page somebody get none, whatever a route says."""
    quiet = replace(facts, channels=[c for c in facts.channels if not facts.kinds.of(c.kind).opens_incidents])
    routed = channels_for(_TOPIC, subject, quiet)
    return _by_mail(subject, quiet, routed) if subject.owner_id else routed


def _by_mail(
    subject: AlertSubject, facts: RoutingFacts, routed: Sequence[ChannelRef]
) -> Sequence[ChannelRef]:
    """One Email channel: one that the routes name, else any that works for the owner's team."""
    of_team = [c for c in facts.channels if c.team_id in (None, subject.team_id)]
    usable = usable_channels(replace(facts, channels=of_team)).values()
    return [each for each in (*routed, *usable) if each.kind == ChannelKind.EMAIL][:1]
