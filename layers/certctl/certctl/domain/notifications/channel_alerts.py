"""Alerts about a failing channel, sent through another one: the choice of that channel, and the texts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from certctl.domain.channels.channels import ChannelConfig, ChannelState
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.alerts import Alert, notification_to
from certctl.domain.notifications.notifications import CertificateFacts, Notification
from certctl.domain.notifications.routing import ChannelRef
from certctl.domain.notifications.statuses import Action, NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.times import in_words, to_wire

OPEN_FOR = timedelta(minutes=15)
DEAD_ROWS_EVERY = timedelta(hours=1)
_PREFIX = f"{NotificationType.CHANNEL_FAILURE.value}/"


def fallback_channel(
    bad: str,
    channels: Sequence[ChannelConfig],
    state_of: Callable[[str], ChannelState],
    kinds: ChannelKinds,
) -> ChannelConfig | None:
    """The channel for alerts about the `bad` one; None if no other works. Another team's is never used."""
    team_id = next((c.team_id for c in channels if c.channel_id == bad), None)
    fit = [c for c in channels if c.channel_id != bad and _is_fit(c, team_id)]
    ranked = sorted(fit, key=lambda c: (kinds.of(c.kind).alert_rank, c.channel_id))
    return next((c for c in ranked if state_of(c.channel_id).state == "closed"), None)


def _is_fit(channel: ChannelConfig, team_id: str | None) -> bool:
    is_reached = channel.kind != ChannelKind.EMAIL or bool(channel.settings.get("to"))
    return channel.is_enabled and is_reached and channel.team_id in (None, team_id)


def is_overdue(state: ChannelState, now: datetime) -> bool:
    """Whether an open breaker has to be reported by now."""
    return state.opened_at is not None and state.alert_key is None and state.opened_at + OPEN_FOR <= now


def channel_gone_alert(
    bad: str, observed: ChannelState, error: str, via: ChannelConfig, now: datetime
) -> Notification:
    """The incident that the previous outage opened, if any."""
    message = (
        f"The channel {bad} was disabled: {error}. Its notifications are in the dead-letter list. "
        "Repair it, then requeue them."
    )
    key = observed.alert_key or _key(bad, now)
    return _to(via, _alert(bad, key, f"The channel {bad} is gone", message), now)


def channel_failing_alert(
    bad: str, opened_at: datetime, error: str, via: ChannelConfig, now: datetime
) -> Notification:
    message = (
        f"No notification gets through the channel {bad} since {in_words(opened_at)}: {error}. "
        "They wait, and are sent as soon as it works again."
    )
    return _to(via, _alert(bad, _key(bad, opened_at), f"The channel {bad} is failing", message), now)


def dead_rows_alert(bad: str, error: str, via: ChannelConfig, now: datetime) -> Notification:
    message = (
        f"Notifications of the channel {bad} are dead, the last one because of: {error}. "
        "They are in the dead-letter list and can be requeued. No more is said of it for an hour."
    )
    alert = _alert(bad, f"{_key(bad, now)}/dead", f"The channel {bad} has dead notifications", message)
    return _to(via, alert, now)


def all_clear(bad: str, alert_key: str, via: ChannelConfig, now: datetime) -> Notification:
    """Resolves the incident of a failing channel: it delivers."""
    message = f"The channel {bad} delivers again."
    return incident_end(bad, alert_key, f"The channel {bad} works again", message, via, now)


def incident_end(
    bad: str, alert_key: str, title: str, message: str, via: ChannelConfig, now: datetime
) -> Notification:
    """Resolves the incident of a failing channel, for a reason in words."""
    alert = _alert(bad, alert_key, title, message)
    return _to(via, replace(alert, action=Action.RESOLVE, severity=Severity.INFO), now)


def _key(bad: str, since: datetime) -> str:
    return f"{_PREFIX}{bad}/{to_wire(since)}"


def _alert(bad: str, key: str, title: str, message: str) -> Alert:
    return Alert(
        type=NotificationType.CHANNEL_FAILURE,
        severity=Severity.CRITICAL,
        subject=AlertSubject(SubjectKind.CHANNEL, bad),
        title=title,
        message=message,
        incident=key.removeprefix(_PREFIX),
    )


def _to(via: ChannelConfig, alert: Alert, now: datetime) -> Notification:
    recipient = via.settings["to"] if via.kind == ChannelKind.EMAIL else via.channel_id
    channel = ChannelRef(via.channel_id, str(via.kind), recipient)
    return notification_to(channel, alert, CertificateFacts(), now)
