"""Attention reports that callers share, and certificates that an index finds, against a read of all."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Team
from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.insights.attention import AttentionLine
from certctl.domain.insights.recounts import LAYOUT, Recount
from certctl.services.insights.attention.certificates import CertificateAttention
from certctl.services.insights.recounting import CounterRecount
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.items import CertificateItem
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.insights.recounts import RecountStore, StoredRecount, stored
from certctl.store.items import StateItem
from certctl.store.keys import CERTIFICATE, ROLLUPS
from certctl.store.writes import update
from tests.support.agents.fleet import live, store_certificates
from tests.support.api.http import Client
from tests.support.costs.round_trips import recorded
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.functions.deployed import Deployed

FUNCTION = "insights_api"
ATTENTION = "/api/v1/attention"
_NOW = {"cache-control": "no-cache"}


def _counts(client: Client, headers: Mapping[str, str] | None = None) -> dict[str, int]:
    answer = client.send("GET", ATTENTION, headers=headers)
    assert answer.status == 200, answer.text
    return {line["kind"]: line["count"] for line in answer.body["lines"]}


def _expire(stack: Deployed, number: int, team_id: str = "t-one") -> None:
    now = stack.clock()
    store_certificates(
        stack.database,
        [live(f"mc-{number}", now - timedelta(days=90), now - timedelta(hours=1), team_id=team_id)],
    )


def test_a_report_is_shared_for_15_seconds_and_says_its_age(stack: Deployed) -> None:
    first, second = stack.admin(FUNCTION), stack.client(FUNCTION, stack.new_key(Role.ADMIN, ("*",)))
    assert _counts(first) == {"no_channel": 1}
    _expire(stack, 1)
    stack.clock.advance(timedelta(seconds=15))
    assert _counts(second) == {"no_channel": 1}
    assert second.get(ATTENTION).body["age_seconds"] == 15
    assert _counts(second, {"cache-control": "max-age=14"}) == {"expired": 1, "no_channel": 1}
    assert first.get(ATTENTION).body["age_seconds"] == 0


def test_who_wants_it_now_gets_it_now_and_others_after_that(stack: Deployed) -> None:
    client = stack.admin(FUNCTION)
    _counts(client)
    _expire(stack, 1)
    assert _counts(client, _NOW) == _counts(client) == {"expired": 1, "no_channel": 1}


def test_a_shared_report_has_every_line_as_it_was_read(stack: Deployed) -> None:
    client, now = stack.admin(FUNCTION), stack.clock()
    _expire(stack, 1)
    failed = {"renewal_state": RenewalState.FAILED, "renewal_error": "no answer"}
    store_certificates(
        stack.database, [live("mc-2", now - timedelta(days=90), now + timedelta(days=2), **failed)]
    )
    read = client.send("GET", ATTENTION, headers=_NOW).body
    assert {line["kind"] for line in read["lines"]} >= {"expired", "expiring_soon", "stuck_renewals"}
    assert client.get(ATTENTION).body == read


def test_lines_that_change_slowly_are_kept_and_say_their_age(stack: Deployed) -> None:
    client = stack.admin(FUNCTION)
    assert _counts(client) == {"no_channel": 1}
    _expire(stack, 1)
    stack.clock.advance(timedelta(seconds=60))
    body = client.get(ATTENTION).body
    assert {line["kind"]: line["age_seconds"] for line in body["lines"]} == {"expired": 0, "no_channel": 60}
    assert (body["age_seconds"], body["oldest_age_seconds"]) == (0, 60)
    stack.clock.advance(timedelta(seconds=91))
    assert client.get(ATTENTION).body["oldest_age_seconds"] == 151  # agents
    assert {line["age_seconds"] for line in client.get(ATTENTION).body["lines"]} == {0}
    assert client.send("GET", ATTENTION, headers=_NOW).body["oldest_age_seconds"] == 0


@pytest.mark.parametrize(("role", "teams"), [(Role.VIEWER, ("t-one",)), (Role.OPERATOR, ("t-one", "t-two"))])
def test_callers_of_some_teams_neither_get_nor_leave_a_shared_report(
    stack: Deployed, role: Role, teams: tuple[str, ...]
) -> None:
    _expire(stack, 1, "t-three")
    assert "expired" in _counts(stack.admin(FUNCTION))
    rows = _rollups(stack)
    assert "expired" not in _counts(stack.client(FUNCTION, stack.new_key(role, teams)))
    assert _rollups(stack) == rows
    assert "expired" in _counts(stack.admin(FUNCTION))


def test_lines_for_administrators_reach_no_other_role(stack: Deployed) -> None:
    now = stack.clock()
    for team_id in ("t-one", "t-two"):
        entry = Entry(Kind.TEAM, team_id, team_id, Team(allowed_names=None), now, now)
        stack.database.transact(CatalogStore(stack.database).create_steps(entry))
    assert "names_unlimited" in _counts(stack.admin(FUNCTION))
    assert "names_unlimited" not in _counts(stack.client(FUNCTION, stack.new_key(Role.AUDITOR)))
    assert "names_unlimited" in _counts(stack.admin(FUNCTION))


def _rollups(stack: Deployed) -> dict[str, str]:
    page = stack.database.query(StateItem, ROLLUPS)
    return {row.id: str(row.body) for row in page.items}


def _attention(plane: ControlPlane) -> CertificateAttention:
    database = plane.pki.database
    return CertificateAttention(CertificateIndexes(database), plane.book, RecountStore(database))


def _completed(plane: ControlPlane) -> None:
    """Stores a recount that has read every record."""
    recounts, database = RecountStore(plane.pki.database), plane.pki.database
    done = stored(Recount(LAYOUT, finished_at=plane.pki.clock()))
    database.write(recounts.save_step(StoredRecount(Recount()), done))


def _near_their_end(plane: ControlPlane) -> list[AttentionLine]:
    return _attention(plane).near_their_end(ADMIN, plane.pki.clock())


_ENDINGS = st.fixed_dictionaries(
    {
        "hours": st.sampled_from([-40, -1, 5, 23, 25, 71, 73, 200, 600, 720, 1000]),
        "state": st.sampled_from(list(RenewalState)),
        "has_stopped": st.booleans(),
        "has_policy": st.booleans(),
    }
)


def test_an_index_finds_the_certificates_that_a_read_of_all_finds(plane: ControlPlane) -> None:
    numbers = iter(range(10_000))
    fleet: list[Certificate] = []

    @settings(max_examples=6, phases=[Phase.generate], deadline=None)
    @given(st.lists(_ENDINGS, min_size=5, max_size=25))
    def holds(endings: list[dict[str, Any]]) -> None:
        made = [_ending(plane, f"mc-{next(numbers):05}", **each) for each in endings]
        fleet.extend(made)
        store_certificates(plane.pki.database, made)
        found = _near_their_end(plane)
        assert found == _attention(plane)._of_all_that_expire(ADMIN, plane.pki.clock())

    _completed(plane)
    holds()
    assert {line.kind for line in _near_their_end(plane)} == {
        "expiring_soon",
        "stuck_renewals",
        "acme_stopped",
    }


def _ending(
    plane: ControlPlane, identifier: str, hours: int, state: RenewalState, has_stopped: bool, has_policy: bool
) -> Certificate:
    now = plane.pki.clock()
    client: dict[str, Any] = {}
    if has_stopped and hours < 31 * 24:  # no window begins sooner
        client = {"acme": AcmeOrigin("acct-1", "eab-1"), "acme_stopped_at": now - timedelta(hours=1)}
    policy = "rp-default" if has_policy else "rp-none"
    ends_at = now + timedelta(hours=hours)
    return live(
        identifier,
        now - timedelta(days=90),
        ends_at,
        renewal_state=state,
        renewal_policy_id=policy,
        **client,
    )


def test_certificates_of_an_earlier_release_are_found_before_and_after_the_recount(
    plane: ControlPlane,
) -> None:
    """Rows of that release are not in the index."""
    now, database = plane.pki.clock(), plane.pki.database
    failed = live(
        "mc-1",
        now,
        now + timedelta(days=9),
        not_before=now - timedelta(days=90),
        renewal_state=RenewalState.FAILED,
    )
    store_certificates(database, [failed])
    row = CertificateItem(failed.id, CERTIFICATE)
    database.write(update(row, [CertificateItem.changed_at.remove()], CertificateItem.revision == 1))
    before = _near_their_end(plane)
    assert [(line.kind, line.count) for line in before] == [("stuck_renewals", 1)]
    recount = CounterRecount(plane.units, ADMIN.actor, plane.pki.clock)
    for _ in range(3):
        recount.run(lambda: True)
        plane.pki.clock.advance(timedelta(minutes=2))
    assert RecountStore(database).has_completed_layout()
    assert _near_their_end(plane) == before


def test_few_are_loaded_while_the_recount_after_an_update_goes_on(plane: ControlPlane) -> None:
    now, database = plane.pki.clock(), plane.pki.database
    fleet = [live(f"mc-{n:03}", now - timedelta(days=90), now + timedelta(days=9)) for n in range(99)]
    stuck = live("mc-x", now - timedelta(days=90), now + timedelta(days=9), renewal_state=RenewalState.FAILED)
    store_certificates(database, [*fleet, stuck])
    with recorded(database.client) as recording:
        lines = _near_their_end(plane)
    loaded = [c.parameters for c in recording.calls if "certificates" in c.parameters.get("RequestItems", {})]
    assert [len(each["RequestItems"]["certificates"]["Keys"]) for each in loaded] == [31]
    assert [(line.kind, line.count, line.is_complete) for line in lines] == [("stuck_renewals", 1, False)]


def test_only_what_is_named_is_loaded(plane: ControlPlane) -> None:
    now, database = plane.pki.clock(), plane.pki.database
    fleet = [live(f"mc-{n}", now - timedelta(days=90), now + timedelta(days=9)) for n in range(50)]
    stuck = live("mc-x", now - timedelta(days=90), now + timedelta(days=9), renewal_state=RenewalState.FAILED)
    store_certificates(database, [*fleet, stuck])
    _completed(plane)
    with recorded(database.client) as recording:
        _near_their_end(plane)
    loaded = [c.parameters for c in recording.calls if "certificates" in c.parameters.get("RequestItems", {})]
    assert [len(each["RequestItems"]["certificates"]["Keys"]) for each in loaded] == [1]
