"""Certificates that an edit of a team's names refuses are renewed unchanged for a time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.notifications.statuses import Action
from certctl.services.policies import name_exemptions
from certctl.services.policies.name_exemptions import ExemptionReport
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.keys import NAMES_EDIT
from certctl.store.policies.items import NamesEditItem
from certctl.store.writes import put
from tests.support.api.http import Answer
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing
from tests.support.notifications.routed import rows_of

TEAM = "t-default"
NAME = "www.example.com"
TAKEN = ["DNS:www.example.com"]
OTHERS = ["DNS:**.example.org"]

pytestmark = pytest.mark.usefixtures("channel")


@pytest.fixture
def catalog(world: Issuing) -> CatalogByHttp:
    return CatalogByHttp(world.stack).with_defaults()


def named(catalog: CatalogByHttp, allowed_names: list[str], team_id: str = TEAM, **fields: Any) -> None:
    """Edits the names of a team; every process knows them at once."""
    path = f"/api/v1/teams/{team_id}"
    body = {"name": catalog.admin.get(path).body["name"], "allowed_names": allowed_names, **fields}
    answer = catalog.admin.put(path, body)
    assert answer.status == 200, answer.text
    catalog.stack.restart()


def taken_by_others(catalog: CatalogByHttp, **fields: Any) -> str:
    team = catalog.made(Kind.TEAM)["id"]
    named(catalog, TAKEN, team, **fields)
    return str(team)


def maintained(world: Issuing, has_time: Callable[[], bool] = lambda: True) -> ExemptionReport:
    """Once no cache has the previous names."""
    world.stack.clock.advance(timedelta(minutes=3))
    return MaintenanceSchedule(world.stack.overrides).name_exemptions.run(has_time)


def renewal(world: Issuing, certificate_id: str) -> Answer:
    pem = csr_pem(NAME, [], new_key())
    return world.api.post(f"{CERTIFICATES}/{certificate_id}/renew", {"csr_pem": pem})


def alerts(world: Issuing, certificate_id: str) -> list[tuple[str | None, Action, str]]:
    rows = rows_of(world.stack.database, certificate_id)
    return [(row.team_id, row.action, row.subject.partition(" ")[0]) for row in rows]


def test_a_certificate_whose_name_another_team_takes_is_renewed_unchanged_for_90_days(
    world: Issuing, catalog: CatalogByHttp
) -> None:
    certificate_id = world.issued(NAME)["id"]
    taken_by_others(catalog)
    assert renewal(world, certificate_id).status == 202
    world.work()
    edited_at = world.stack.clock()
    assert maintained(world).marked == 1
    marked = CertificateStore(world.stack.database).get(certificate_id)
    assert marked is not None
    assert marked.names_exempt_until is not None
    assert abs(marked.names_exempt_until - edited_at - timedelta(days=90)) < timedelta(seconds=2)
    assert world.read(certificate_id)["names_exempt_until"] is not None
    assert renewal(world, certificate_id).status == 202
    world.work()
    world.stack.clock.advance(timedelta(days=90))
    refused = renewal(world, certificate_id)
    assert refused.status == 422
    assert "another team" in refused.text


def test_both_teams_are_told_when_it_is_made_and_before_it_ends(
    world: Issuing, catalog: CatalogByHttp
) -> None:
    certificate_id = world.issued(NAME)["id"]
    other = taken_by_others(catalog)
    maintained(world)
    made = [(TEAM, Action.TRIGGER, "Certificate"), (other, Action.TRIGGER, "Certificate")]
    assert sorted(alerts(world, certificate_id)) == sorted(made)
    world.stack.clock.advance(timedelta(days=75))
    assert maintained(world).reminded == 0
    world.stack.clock.advance(timedelta(days=1))
    assert maintained(world).reminded == 1
    assert maintained(world).reminded == 0
    ending = [(TEAM, Action.TRIGGER, "The"), (other, Action.TRIGGER, "The")]
    assert sorted(alerts(world, certificate_id)) == sorted([*made, *ending])


def test_a_team_that_loses_its_own_names_is_told_once(world: Issuing, catalog: CatalogByHttp) -> None:
    certificate_id = world.issued(NAME)["id"]
    named(catalog, OTHERS)
    assert maintained(world).marked == 1
    assert alerts(world, certificate_id) == [(TEAM, Action.TRIGGER, "Certificate")]


def test_without_days_it_is_refused_at_once(world: Issuing, catalog: CatalogByHttp) -> None:
    certificate_id = world.issued(NAME)["id"]
    named(catalog, OTHERS, exempt_days=0)
    assert renewal(world, certificate_id).status == 422
    assert maintained(world).marked == 0
    assert world.read(certificate_id)["names_exempt_until"] is None


def test_a_new_certificate_is_refused_while_the_exemptions_are_being_made(
    world: Issuing, catalog: CatalogByHttp
) -> None:
    world.issued(NAME)
    named(catalog, OTHERS)
    answer = world.api.post(CERTIFICATES, {"common_name": NAME})
    assert answer.status == 422


def test_one_that_was_never_issued_gets_none(world: Issuing, catalog: CatalogByHttp) -> None:
    certificate_id = world.created(NAME, csr_pem=None).body["id"]
    named(catalog, OTHERS)
    assert maintained(world).marked == 0
    assert world.read(certificate_id)["names_exempt_until"] is None


def test_a_run_that_was_killed_is_repeated_without_a_second_alert(
    world: Issuing, catalog: CatalogByHttp
) -> None:
    made = [world.issued(NAME)["id"] for _ in range(3)]
    named(catalog, OTHERS)
    database = world.stack.database
    [unfinished] = database.query(NamesEditItem, NAMES_EDIT).items
    assert maintained(world).marked == 3
    database.write(put(unfinished))
    assert maintained(world).marked == 0
    assert database.query(NamesEditItem, NAMES_EDIT).items == []
    assert [len(alerts(world, certificate_id)) for certificate_id in made] == [1, 1, 1]


def test_a_run_without_time_leaves_the_edit_to_the_next(world: Issuing, catalog: CatalogByHttp) -> None:
    world.issued(NAME)
    named(catalog, OTHERS)
    assert maintained(world, lambda: False).marked == 0
    assert maintained(world).marked == 1


def test_names_that_are_given_back_end_it(world: Issuing, catalog: CatalogByHttp) -> None:
    certificate_id = world.issued(NAME)["id"]
    named(catalog, OTHERS)
    maintained(world)
    named(catalog, ["DNS:**.example.com"])
    assert maintained(world).marked == 1
    assert world.read(certificate_id)["names_exempt_until"] is None
    assert [action for _, action, _ in alerts(world, certificate_id)] == [Action.TRIGGER, Action.RESOLVE]
    world.stack.clock.advance(timedelta(days=80))
    assert maintained(world).reminded == 0


def test_an_edit_that_is_undone_before_it_is_worked_off_exempts_nothing(
    world: Issuing, catalog: CatalogByHttp
) -> None:
    certificate_id = world.issued(NAME)["id"]
    named(catalog, OTHERS)
    named(catalog, ["DNS:**.example.com"])
    assert maintained(world).marked == 0
    assert alerts(world, certificate_id) == []


def test_a_certificate_that_changes_its_team_loses_it(world: Issuing, catalog: CatalogByHttp) -> None:
    certificate_id = world.issued(NAME)["id"]
    other = taken_by_others(catalog)
    maintained(world)
    answer = world.api.put(f"{CERTIFICATES}/{certificate_id}", {"team_id": other})
    assert answer.status == 200, answer.text
    assert answer.body["names_exempt_until"] is None


def test_two_edits_at_once_that_refuse_it_exempt_it_once(world: Issuing, catalog: CatalogByHttp) -> None:
    """Each of them alone would take it for refused by the other."""
    certificate_id = world.issued(NAME)["id"]
    other = catalog.made(Kind.TEAM)["id"]
    named(catalog, OTHERS)
    world.stack.clock.advance(timedelta(seconds=1))
    named(catalog, TAKEN, other)
    assert renewal(world, certificate_id).status == 202
    world.work()
    assert maintained(world).marked == 1
    assert alerts(world, certificate_id) == [(TEAM, Action.TRIGGER, "Certificate")]
    assert renewal(world, certificate_id).status == 202


def test_edits_are_worked_off_in_their_order(world: Issuing, catalog: CatalogByHttp) -> None:
    """The id of the second team comes first."""
    certificate_id = world.issued(NAME)["id"]
    other = catalog.made(Kind.TEAM, id="t-a")["id"]
    named(catalog, OTHERS, exempt_days=0)
    world.stack.clock.advance(timedelta(seconds=1))
    named(catalog, TAKEN, other)
    assert maintained(world).marked == 0
    assert renewal(world, certificate_id).status == 422


def test_thousands_are_exempted_page_by_page(
    world: Issuing, catalog: CatalogByHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_exemptions, "_SLICE", 1)
    made = [world.issued(NAME)["id"] for _ in range(3)]
    named(catalog, OTHERS)
    looks = iter([True, True, False, False])
    assert maintained(world, lambda: next(looks)).marked == 2
    assert renewal(world, made[-1]).status == 202
    world.work()
    assert maintained(world).marked == 1
    assert all(world.read(certificate_id)["names_exempt_until"] for certificate_id in made)


@pytest.mark.parametrize("days", [-1, 366])
def test_days_out_of_bounds_are_refused(catalog: CatalogByHttp, days: int) -> None:
    body = {"name": "Default team", "allowed_names": OTHERS, "exempt_days": days}
    answer = catalog.admin.put(f"/api/v1/teams/{TEAM}", body)
    assert answer.status == 422
    assert [problem["field"] for problem in answer.body["errors"]] == ["exempt_days"]
