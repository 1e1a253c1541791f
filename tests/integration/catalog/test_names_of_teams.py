"""The names that teams may have, over HTTP: said by administrators, and held wherever a name can enter."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Team
from certctl.domain.policies.name_ownership import MAX_PATTERNS_IN_ALL
from certctl.store.catalog.items import TeamNameCountItem
from certctl.store.catalog.team_names import TeamNames
from certctl.store.keys import TEAM_NAME_COUNT
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.catalog.entries import entry, store_entry
from tests.support.clock import Clock
from tests.support.costs.round_trips import recorded
from tests.support.functions.deployed import Deployed, deployed
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

CACHE = timedelta(seconds=61)
TEAMS = PATHS[Kind.TEAM]


@pytest.fixture
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


def _team(stack: Deployed, team_id: str, *names: str) -> dict[str, Any]:
    return CatalogByHttp(stack).made(Kind.TEAM, id=team_id, allowed_names=list(names), exempt_days=0)


def _requested(world: Issuing, team_id: str, name: str, client: Client | None = None) -> Answer:
    return (client or world.api).post(CERTIFICATES, {"common_name": name, "team_id": team_id})


def _reasons(answer: Answer) -> dict[str, str]:
    assert answer.status == 422, answer.text
    return {problem["field"]: problem["message"] for problem in answer.body["errors"]}


def test_a_team_gets_its_names_and_no_other(world: Issuing) -> None:
    _team(world.stack, "t-pay", "**.pay.example.com", "DNS:pay.example.com")
    _team(world.stack, "t-web", "**.example.com")

    assert _requested(world, "t-pay", "api.pay.example.com").status == 201
    assert _requested(world, "t-web", "www.example.com").status == 201
    outside = _reasons(_requested(world, "t-pay", "www.example.com"))
    foreign = _reasons(_requested(world, "t-web", "api.pay.example.com"))
    wildcard = _reasons(_requested(world, "t-web", "*.example.com"))

    assert "allowed are DNS:**.pay.example.com, DNS:pay.example.com" in outside["sans"]
    assert "another team" in foreign["sans"]
    assert "would cover" in wildcard["sans"]
    assert "t-pay" not in foreign["sans"] + wildcard["sans"]


def test_a_new_team_has_no_names_until_an_administrator_does_what_the_refusal_says(world: Issuing) -> None:
    made = CatalogByHttp(world.stack).made(Kind.TEAM, id="t-new")

    assert made["allowed_names"] == []
    refused = _reasons(_requested(world, "t-new", "www.example.com"))
    assert "certctl teams edit t-new --allow-name" in refused["sans"]

    admin = world.stack.admin("catalog_api")
    admin.put(f"{TEAMS}/t-new", {"name": "New", "allowed_names": ["www.example.com"]})
    assert _requested(world, "t-new", "www.example.com").status == 201


def test_the_default_team_and_teams_of_before_have_any_name_that_nobody_claims(world: Issuing) -> None:
    CatalogByHttp(world.stack).with_defaults()
    store_entry(world.stack.database, entry(Kind.TEAM, "t-old", world.stack.clock(), Team("of before")))
    _team(world.stack, "t-web", "www.example.com")
    admin = world.stack.admin("catalog_api")

    for team_id in ("t-default", "t-old"):
        assert admin.get(f"{TEAMS}/{team_id}").body["allowed_names"] == ["*:*"]
        assert _requested(world, team_id, "mail.example.com").status == 201
        assert "another team" in _reasons(_requested(world, team_id, "www.example.com"))["sans"]


def test_a_change_of_the_team_is_refused_if_the_new_one_may_not_have_the_names(world: Issuing) -> None:
    _team(world.stack, "t-web", "www.example.com")
    made = _requested(world, "t-web", "www.example.com").body

    refused = world.api.put(f"{CERTIFICATES}/{made['id']}", {"team_id": "t-default"})
    renamed = world.api.put(f"{CERTIFICATES}/{made['id']}", {"environment": "staging"})

    assert "another team" in _reasons(refused)["team_id"]
    assert renamed.status == 200, renamed.text


def test_renewal_and_a_csr_are_refused_once_another_team_has_the_name(world: Issuing) -> None:
    awaiting = _requested(world, "t-default", "www.example.com").body
    active = world.issued()
    _team(world.stack, "t-web", "www.example.com")
    world.stack.clock.advance(CACHE)

    csr = csr_pem("www.example.com", [], new_key())
    submitted = world.api.post(f"{CERTIFICATES}/{awaiting['id']}/csr", {"csr_pem": csr})
    renewed = world.api.post(f"{CERTIFICATES}/{active['id']}/renew", {"csr_pem": csr})

    assert "another team" in _reasons(submitted)["sans"]
    assert "another team" in _reasons(renewed)["sans"]


def test_a_change_keeps_the_names_unless_it_gives_others(world: Issuing) -> None:
    made = _team(world.stack, "t-pay", "pay.Example.com")
    admin = world.stack.admin("catalog_api")

    kept = admin.put(f"{TEAMS}/t-pay", {"name": "Payments"}).body
    given = admin.put(f"{TEAMS}/t-pay", {"name": "Payments", "allowed_names": ["ip:10.0.0.0/8"]}).body
    none = admin.put(f"{TEAMS}/t-pay", {"name": "Payments", "allowed_names": []}).body

    assert made["allowed_names"] == kept["allowed_names"] == ["DNS:pay.example.com"]
    assert given["allowed_names"] == ["IP:10.0.0.0/8"]
    assert none["allowed_names"] == []


def test_patterns_are_refused_one_by_one(world: Issuing) -> None:
    names = ["**.example.com", "a b", "URI:https://a@b/*"]
    answer = world.stack.admin("catalog_api").post(TEAMS, a_body(Kind.TEAM, allowed_names=names))

    assert [problem["field"] for problem in answer.body["errors"]] == ["allowed_names.1", "allowed_names.2"]

    twice = a_body(Kind.TEAM, allowed_names=["a.example.com", "DNS:A.example.com"])
    many = a_body(Kind.TEAM, allowed_names=[f"n{n}.example.com" for n in range(101)])
    for body in (twice, many):
        assert "allowed_names" in _reasons(world.stack.admin("catalog_api").post(TEAMS, body))


def _listed(stack: Deployed) -> int:
    row = stack.database.get(TeamNameCountItem, TEAM_NAME_COUNT, "all", consistent=True)
    return int(row.total) if row else 0


def test_all_teams_together_have_a_bound_that_two_changes_cannot_pass_at_once(world: Issuing) -> None:
    stack, admin = world.stack, world.stack.admin("catalog_api")
    first = _team(stack, "t-a", "a.example.com", "b.example.com")
    stack.database.write_or_refuse(*TeamNames(stack.database).count_steps(MAX_PATTERNS_IN_ALL - 3))

    assert admin.post(TEAMS, a_body(Kind.TEAM, allowed_names=["c.example.com"])).status == 201
    refused = admin.post(TEAMS, a_body(Kind.TEAM, allowed_names=["d.example.com"]))
    assert refused.status == 409
    assert "2000 patterns" in refused.body["detail"]

    freed = admin.put(f"{TEAMS}/t-a", {"name": first["name"], "allowed_names": ["a.example.com"]})
    assert freed.status == 200
    assert admin.post(TEAMS, a_body(Kind.TEAM, allowed_names=["d.example.com"])).status == 201
    assert _listed(stack) == MAX_PATTERNS_IN_ALL


def test_a_deleted_team_gives_its_names_back(world: Issuing) -> None:
    catalog = CatalogByHttp(world.stack)
    team = _team(world.stack, "t-web", "www.example.com")
    catalog.admin.delete(catalog.path_of(Kind.TEAM, team))
    world.stack.clock.advance(timedelta(minutes=10))
    MaintenanceSchedule(world.stack.overrides).catalog_deletions.run(lambda: True)

    assert _requested(world, "t-default", "www.example.com").status == 201
    assert _listed(world.stack) == 0


def test_a_warm_function_reads_nothing_for_the_names(world: Issuing) -> None:
    _team(world.stack, "t-web", "**.example.com")
    _requested(world, "t-web", "a.example.com")

    with recorded(world.stack.database.client) as recording:
        assert _requested(world, "t-web", "b.example.com").status == 201

    assert recording.count("catalog") == 0


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.AUDITOR], ids=str)
def test_only_administrators_say_which_names_a_team_may_have(world: Issuing, role: Role) -> None:
    _team(world.stack, "t-web", "www.example.com")
    client = CatalogByHttp(world.stack).of_team("t-web", role=role)

    assert client.get(f"{TEAMS}/t-web").body["allowed_names"] == ["DNS:www.example.com"]
    assert client.put(f"{TEAMS}/t-web", {"name": "Web", "allowed_names": ["*:*"]}).status == 403
