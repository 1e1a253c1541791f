"""Routing that cannot be read: no alert waits for it, and none is lost."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.subjects import subject_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.errors import Unavailable
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import Route
from certctl.store.notifications.contacts import CachedContacts, ContactStore
from certctl.store.notifications.items import RoutingRuleItem
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.writes import put
from certctl.unit_of_work.notifications.routing import AlertRouting
from tests.support.agents.fleet import certificate
from tests.support.costs.round_trips import recorded
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.notifications.routed import set_address, set_mute, set_rule

SLACK = ChannelConfig("slack-default", ChannelKind.SLACK, {})
MAIL = ChannelConfig("email-default", ChannelKind.EMAIL, {"to": "pki@example.com"})


def unavailable(*_: Any, **__: Any) -> Any:
    raise Unavailable("The database did not answer in time.")


def routing_over(plane: ControlPlane, channels: Any = lambda: [SLACK, MAIL]) -> AlertRouting:
    database, clock = plane.pki.database, plane.pki.clock
    contacts = CachedContacts(ContactStore(database), clock)
    return AlertRouting(
        [SLACK], channels, RoutingRuleStore(database), MuteStore(database), contacts, clock, CHANNEL_KINDS
    )


def test_the_last_known_result_is_used(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    database, clock = plane.pki.database, plane.pki.clock
    set_rule(database, "stack", Route(("slack-default",)))
    set_mute(database, clock())
    set_address(database, "owner", "o-default", "ann@example.com")
    routing, about = routing_over(plane), certificate("mc-1", clock())
    known = routing.facts_of(subject_of(about))
    assert (set(known.rules), len(known.mutes), known.address) == ({"stack"}, 1, "ann@example.com")

    clock.advance(timedelta(hours=1))
    monkeypatch.setattr(type(database), "query", unavailable)
    monkeypatch.setattr(type(database), "batch_get", unavailable)
    assert routing.facts_of(subject_of(about)) == known


def test_with_nothing_known_the_configured_channels_take_the_alert_by_the_default(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(plane.pki.database), "query", unavailable)
    facts = routing_over(plane, unavailable).facts_of(subject_of(certificate("mc-1", plane.pki.clock())))
    assert (facts.channels, facts.rules, facts.mutes) == ([SLACK], {}, ())
    assert "the channels cannot be read" in caplog.text


def test_an_outage_is_asked_about_every_five_seconds_not_at_every_alert(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def query(*arguments: Any, **_: Any) -> Any:
        asked.append(arguments)
        raise Unavailable("The database did not answer in time.")

    monkeypatch.setattr(type(plane.pki.database), "query", query)
    routing, about = routing_over(plane), certificate("mc-1", plane.pki.clock())
    for _ in range(3):
        routing.facts_of(subject_of(about))
    assert len(asked) == 2
    plane.pki.clock.advance(timedelta(seconds=5))
    routing.facts_of(subject_of(about))
    assert len(asked) == 4


def test_a_rule_that_cannot_be_read_is_passed_over(plane: ControlPlane) -> None:
    set_rule(plane.pki.database, "stack", Route(("slack-default",)))
    now = plane.pki.clock()
    broken = RoutingRuleItem("routing-rule", "team:t-default", routes="[[]]", revision=1)
    broken.created_at = broken.updated_at = now
    plane.pki.database.write(put(broken))
    assert set(routing_over(plane).facts_of(subject_of(certificate("mc-1", now))).rules) == {"stack"}


def test_routing_is_read_in_two_steps_once_a_minute(plane: ControlPlane) -> None:
    routing, about = routing_over(plane), certificate("mc-1", plane.pki.clock())
    with recorded(plane.pki.database.client) as recording:
        routing.facts_of(subject_of(about))
        routing.facts_of(subject_of(about))
    assert (recording.count(), recording.steps()) == (3, 1)
    plane.pki.clock.advance(timedelta(seconds=60))
    with recorded(plane.pki.database.client) as recording:
        routing.facts_of(subject_of(about))
    assert recording.count() == 3


def test_a_revocation_and_an_unhold_that_read_all_of_it_keep_their_four_steps(plane: ControlPlane) -> None:
    """In a process that has just started, with a mail channel: routing is read in parallel with its own
    reads."""
    certificate_id = plane.issued().id
    plane.channels = (SLACK, MAIL)
    for act in (
        lambda: plane.revoked(certificate_id, "certificateHold"),
        lambda: plane.revoking.unhold(ADMIN, certificate_id),
        lambda: plane.revoked(certificate_id, "keyCompromise"),
    ):
        plane.pki.clock.advance(timedelta(seconds=61))
        with recorded(plane.pki.database.client) as recording:
            act()
        tables = {call.table for call in recording.calls}
        assert ("catalog" in tables, recording.steps()) == (True, 4)
