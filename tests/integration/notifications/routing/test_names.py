"""Alerts name the owner and the team as they are called when it happens."""

from datetime import timedelta

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.store.notifications.contacts import CachedContacts, ContactStore
from certctl.store.notifications.items import ContactItem
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.writes import put
from certctl.unit_of_work.notifications.routing import AlertRouting
from tests.support.costs.round_trips import recorded
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.notifications.routed import rows_of


def _call(plane: ControlPlane, kind: Kind, record_id: str, name: str) -> None:
    plane.pki.database.write(put(ContactItem(kind, record_id, name=name)))


def _routing(plane: ControlPlane) -> AlertRouting:
    database, clock = plane.pki.database, plane.pki.clock
    contacts = CachedContacts(ContactStore(database), clock)
    rules, mutes = RoutingRuleStore(database), MuteStore(database)
    return AlertRouting((), lambda: CHANNELS, rules, mutes, contacts, clock, CHANNEL_KINDS)


def test_an_alert_has_the_names_of_its_moment_and_the_ids_beside_them(plane: ControlPlane) -> None:
    plane.channels = CHANNELS[:1]
    certificate = plane.issued(owner_id="o-lars", team_id="t-platform")
    _call(plane, Kind.OWNER, "o-lars", "Lars")
    _call(plane, Kind.TEAM, "t-platform", "Platform")
    plane.pki.clock.advance(timedelta(seconds=61))
    plane.revoked(certificate.id, "certificateHold")
    _call(plane, Kind.TEAM, "t-platform", "Infrastructure")
    plane.pki.clock.advance(timedelta(seconds=61))
    plane.revoked(certificate.id)
    held, revoked = (row.facts for row in rows_of(plane.pki.database, certificate.id))
    assert (held.owner, held.team, revoked.team) == ("Lars", "Platform", "Infrastructure")
    assert (revoked.owner_id, revoked.team_id) == ("o-lars", "t-platform")


def test_names_cost_one_read_a_minute_however_many_alerts(plane: ControlPlane) -> None:
    certificate, routing = plane.issued(), _routing(plane)
    with recorded(plane.pki.database.client) as recording:
        for _ in range(30):
            routing.facts_of(subject_of(certificate))
    assert [call.operation for call in recording.calls].count("BatchGetItem") == 1


def test_built_in_owners_and_teams_have_names_though_no_row_is_stored(plane: ControlPlane) -> None:
    facts = _routing(plane).facts_of(subject_of(plane.issued()))
    assert (facts.owner_name, facts.team_name) == ("Default owner", "Default team")
