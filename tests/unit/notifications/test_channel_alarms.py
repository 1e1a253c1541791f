"""Which channel reports a failing one, and when."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.channels.channels import WORKING, ChannelConfig, ChannelState
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.channel_alerts import (
    channel_failing_alert,
    channel_gone_alert,
    fallback_channel,
    is_overdue,
)

_NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
_OPEN = ChannelState(opened_at=_NOW, probe_at=_NOW)
_GONE = ChannelState(disabled_at=_NOW)


def _channel(name: str, kind: ChannelKind, team_id: str | None = None, **settings: str) -> ChannelConfig:
    return ChannelConfig(name, kind, settings, team_id=team_id)


_BAD = _channel("bad", ChannelKind.WEBHOOK)
_INCIDENTS = _channel("incidents", ChannelKind.JSM)
_CHAT = _channel("chat", ChannelKind.TEAMS)
_MAIL = _channel("mail", ChannelKind.EMAIL, to="ops@example.com")
_MUTE_MAIL = _channel("mute-mail", ChannelKind.EMAIL)
_TOPIC = _channel("topic", ChannelKind.SNS)
_ALL = (_TOPIC, _MUTE_MAIL, _MAIL, _BAD, _CHAT, _INCIDENTS)


def _chosen(channels: tuple[ChannelConfig, ...], states: Mapping[str, ChannelState]) -> str | None:
    chosen = fallback_channel(
        "bad", channels, lambda channel_id: states.get(channel_id, WORKING), CHANNEL_KINDS
    )
    return chosen.channel_id if chosen else None


@pytest.mark.parametrize(
    ("states", "chosen"),
    [
        ({}, "incidents"),
        ({"incidents": _OPEN}, "chat"),
        ({"incidents": _GONE, "chat": _OPEN}, "mail"),
        ({"incidents": _GONE, "chat": _OPEN, "mail": _OPEN}, "topic"),
        ({"incidents": _GONE, "chat": _OPEN, "mail": _OPEN, "topic": _GONE}, None),
    ],
)
def test_first_what_wakes_somebody_and_only_what_works(
    states: Mapping[str, ChannelState], chosen: str | None
) -> None:
    assert _chosen(_ALL, states) == chosen


@pytest.mark.parametrize("kind", ChannelKind)
def test_a_channel_of_each_kind_may_tell_of_another(kind: ChannelKind) -> None:
    only = _channel("only", kind, to="ops@example.com")
    assert _chosen((_BAD, only), {}) == "only"


def test_a_disabled_channel_tells_nothing() -> None:
    off = ChannelConfig("chat", ChannelKind.TEAMS, {}, is_enabled=False)
    assert _chosen((_BAD, off), {}) is None


def test_another_teams_channel_is_not_told_but_the_own_team_is() -> None:
    theirs = _channel("theirs", ChannelKind.SLACK, "t-theirs")
    assert _chosen((_BAD, theirs), {}) is None
    bad = _channel("bad", ChannelKind.WEBHOOK, "t-theirs")
    assert _chosen((bad, theirs), {}) == "theirs"


def test_mail_goes_to_the_channels_own_address() -> None:
    assert channel_failing_alert("bad", _NOW, "HTTP 500", _MAIL, _NOW).recipient == "ops@example.com"
    assert channel_failing_alert("bad", _NOW, "HTTP 500", _CHAT, _NOW).recipient == "chat"


def test_a_channel_that_is_gone_after_an_outage_is_the_same_incident() -> None:
    told = channel_failing_alert("bad", _NOW, "HTTP 500", _CHAT, _NOW)
    seen = ChannelState(opened_at=_NOW, alert_key=told.dedup_key)
    assert channel_gone_alert("bad", seen, "HTTP 410", _CHAT, _NOW).dedup_key == told.dedup_key
    later = channel_gone_alert("bad", WORKING, "HTTP 410", _CHAT, _NOW + timedelta(days=1))
    assert later.dedup_key != told.dedup_key


@pytest.mark.parametrize(
    ("state", "minutes", "is_due"),
    [
        (_OPEN, 14, False),
        (_OPEN, 15, True),
        (ChannelState(opened_at=_NOW, alert_key="told"), 60, False),
        (_GONE, 60, False),
        (WORKING, 60, False),
    ],
)
def test_an_outage_is_told_after_a_quarter_of_an_hour(
    state: ChannelState, minutes: int, is_due: bool
) -> None:
    assert is_overdue(state, _NOW + timedelta(minutes=minutes)) == is_due
