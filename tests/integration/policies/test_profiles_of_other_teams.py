"""A profile of other teams is refused by each path that leads to a certificate. Renewals, approvals, CSRs
and the worker are in tests/integration/certificates/test_clearance.py, ACME orders and campaigns in their
rooms."""

from dataclasses import replace
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.records import CatalogStore
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import a_profile, store_entry, store_teams
from tests.support.issuing.issuing import CERTIFICATES, Issuing

EAB_KEYS = "/api/v1/acme/eab-keys"
OURS, THEIRS = "t-ours", "t-theirs"
WHY = "the profile code is not for the team"


@pytest.fixture
def operator(world: Issuing) -> Client:
    """An operator of both teams: neither the team nor its names are the reason of a refusal."""
    now = world.stack.clock()
    store_teams(world.stack.database, now, OURS, THEIRS)
    store_entry(world.stack.database, a_profile("code", now, teams=(THEIRS,)))
    return world.as_role(Role.OPERATOR, OURS, THEIRS)


def asked(client: Client, team: str, profile: str = "code") -> Answer:
    body = {"common_name": "www.example.com", "team_id": team, "profile_id": profile}
    return client.post(CERTIFICATES, body)


def reasons(answer: Answer, field: str = "profile_id") -> str:
    assert answer.status == 422, answer.text
    return "; ".join(each["message"] for each in answer.body["errors"] if each["field"] == field)


def test_a_request_of_another_team_is_refused_and_stores_nothing(world: Issuing, operator: Client) -> None:
    refused = asked(operator, OURS)

    assert reasons(refused) == f"{WHY} {OURS}"
    assert operator.send("GET", CERTIFICATES, query={"team_id": OURS}).body["data"] == []
    assert asked(operator, THEIRS).status == 201


def test_an_administrator_gets_no_more_than_the_team(world: Issuing, operator: Client) -> None:
    assert reasons(asked(world.api, OURS)) == f"{WHY} {OURS}"


def test_a_certificate_does_not_take_its_profile_to_another_team(world: Issuing, operator: Client) -> None:
    one = f"{CERTIFICATES}/{asked(operator, THEIRS).body['id']}"

    moved = operator.put(one, {"team_id": OURS})

    assert reasons(moved) == f"{WHY} {OURS}"
    assert operator.get(one).body["team_id"] == THEIRS


def test_a_team_that_was_just_named_may_have_it_at_once(world: Issuing, operator: Client) -> None:
    """The profile is read again before a refusal, so no cache delays what an administrator allows."""
    assert reasons(asked(operator, OURS))
    catalog = CatalogStore(world.stack.database)
    before = catalog.get(Kind.PROFILE, "code")
    assert before is not None
    both = replace(before, content=replace(before.content, teams=(OURS, THEIRS)))
    world.stack.database.transact(catalog.replace_steps(before, both))

    assert asked(operator, OURS).status == 201


def _eab_key(catalog: CatalogByHttp, team: str, *profiles: str) -> dict[str, Any]:
    account = catalog.made(Kind.SERVICE_ACCOUNT, team_id=team, grants=[{"role": "operator", "teams": [team]}])
    names = ["DNS:**.example.com"]
    return {"name": team, "service_account_id": account["id"], "names": names, "profile_ids": profiles}


def test_no_eab_key_has_a_profile_of_another_team(world: Issuing, operator: Client) -> None:
    catalog = CatalogByHttp(world.stack).with_defaults()
    made = catalog.admin.post(EAB_KEYS, _eab_key(catalog, OURS, "server"))
    edit = {"name": "other", "names": ["DNS:**.example.com"], "profile_ids": ["server", "code"]}

    refused = catalog.admin.post(EAB_KEYS, _eab_key(catalog, OURS, "server", "code"))
    changed = catalog.admin.put(f"{EAB_KEYS}/{made.body['id']}", edit | {"version": 1})

    assert made.status == 201, made.text
    assert [reasons(each, "profile_ids") for each in (refused, changed)] == [f"{WHY} {OURS}"] * 2
    assert catalog.admin.post(EAB_KEYS, _eab_key(catalog, THEIRS, "code")).status == 201
