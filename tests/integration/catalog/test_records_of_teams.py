"""Targets, service accounts and the rules that give access are shown to the teams that they concern."""

from typing import Any

import pytest

from certctl.api.pagination import decode_cursor
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.records import CatalogStore
from tests.support.access.two_teams import CLAIMS, A, B, Teams, grants, two_teams
from tests.support.api.http import Client
from tests.support.aws.in_process.laid_down import lay_down_rows
from tests.support.catalog.catalog import PATHS, a_body
from tests.support.catalog.entries import entry
from tests.support.functions.deployed import Deployed

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

_LIMITED = (Role.VIEWER, Role.OPERATOR, Role.TEAM_ADMIN)
_OF_A = (
    (Kind.TARGET, "target of A"),
    (Kind.SERVICE_ACCOUNT, "own"),
    (Kind.TRUST_RULE, "rule of own"),
    (Kind.ACCESS_RULE, "access of own"),
)
_OF_B = (
    (Kind.TARGET, "target of B"),
    (Kind.SERVICE_ACCOUNT, "foreign"),
    (Kind.TRUST_RULE, "rule of foreign"),
    (Kind.ACCESS_RULE, "access of foreign"),
)
_OF_BOTH = (
    (Kind.SERVICE_ACCOUNT, "mixed"),
    (Kind.TRUST_RULE, "rule of mixed"),
    (Kind.SERVICE_ACCOUNT, "lent"),
    (Kind.TRUST_RULE, "rule of lent"),
    (Kind.ACCESS_RULE, "access of mixed"),
)
_OF_ADMINISTRATORS = (
    (Kind.ACCESS_RULE, "access of everybody's"),
    (Kind.ACCESS_RULE, "access of admins'"),
)
_EACH = (*_OF_A, *_OF_B, *_OF_BOTH, *_OF_ADMINISTRATORS)


@pytest.fixture
def teams(stack: Deployed) -> Teams:
    made = two_teams(stack)
    for team, name in ((A, "target of A"), (B, "target of B")):
        made.ids[name] = made.catalog.made(Kind.TARGET, team_id=team)["id"]
    return made


def listed(client: Client, kind: Kind, **query: str) -> set[str]:
    """Ids of the whole list."""
    found, cursor = set(), None
    while True:
        page = client.get(PATHS[kind], **query, **({"cursor": cursor} if cursor else {})).body
        found |= {each["id"] for each in page["data"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def is_shown(client: Client, teams: Teams, kind: Kind, name: str) -> bool:
    """The list and the record agree."""
    answer = client.get(teams.path(kind, name))
    assert answer.status in (200, 404), answer.text
    assert (teams.ids[name] in listed(client, kind)) == (answer.status == 200)
    return answer.status == 200


def shown_to(client: Client, teams: Teams) -> set[tuple[Kind, str]]:
    return {(kind, name) for kind, name in _EACH if is_shown(client, teams, kind, name)}


@pytest.mark.parametrize("role", _LIMITED)
def test_a_caller_is_shown_the_records_of_its_own_team(teams: Teams, role: Role) -> None:
    assert shown_to(teams.catalog.of_team(A, role=role), teams) == {*_OF_A, *_OF_BOTH}
    assert shown_to(teams.catalog.of_team(B, role=role), teams) == {*_OF_B, *_OF_BOTH}


@pytest.mark.parametrize("role", _LIMITED)
def test_a_caller_of_both_teams_or_of_all_is_shown_those_of_both(teams: Teams, role: Role) -> None:
    assert shown_to(teams.catalog.of_team(A, B, role=role), teams) == {*_OF_A, *_OF_B, *_OF_BOTH}
    assert shown_to(teams.catalog.of_team("*", role=role), teams) == set(_EACH)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_administrators_and_auditors_are_shown_all(teams: Teams, role: Role) -> None:
    assert shown_to(teams.catalog.of_team(A, role=role), teams) == set(_EACH)


def test_another_teams_record_is_missing_like_one_that_does_not_exist(teams: Teams) -> None:
    viewer = teams.catalog.of_team(B, role=Role.VIEWER)
    for kind, name in _OF_A:
        foreign, missing = viewer.get(teams.path(kind, name)), viewer.get(f"{PATHS[kind]}/none")
        assert foreign.status == missing.status == 404
        assert foreign.body["detail"] == missing.body["detail"]


def test_lists_by_name_and_by_filter_show_no_other_team(teams: Teams) -> None:
    viewer = teams.catalog.of_team(B, role=Role.VIEWER)
    for kind, name in _OF_A:
        foreign = teams.admin.get(teams.path(kind, name)).body
        assert teams.ids[name] not in listed(viewer, kind, name=foreign["name"])
    assert listed(viewer, Kind.TARGET, team_id=A) == set()
    assert listed(viewer, Kind.TRUST_RULE, service_account_id=teams.ids["own"]) == set()


def test_a_whole_list_counts_what_it_shows(teams: Teams) -> None:
    page = teams.catalog.of_team(B, role=Role.VIEWER).get(PATHS[Kind.TARGET]).body
    assert [each["id"] for each in page["data"]] == [teams.ids["target of B"]]
    assert page["total"] == 1


def test_short_pages_lead_to_what_is_shown_later(teams: Teams) -> None:
    viewer = teams.catalog.of_team(B, role=Role.VIEWER)
    assert listed(viewer, Kind.TRUST_RULE, per_page="1") == listed(viewer, Kind.TRUST_RULE)


def test_a_team_admin_makes_reads_edits_and_deletes_those_of_its_team(teams: Teams) -> None:
    made: dict[Kind, dict[str, Any]] = {
        Kind.TARGET: {},
        Kind.SERVICE_ACCOUNT: {"grants": grants()},
        Kind.TRUST_RULE: {"service_account_id": teams.ids["own"], "claims": CLAIMS},
        Kind.ACCESS_RULE: {"role": "viewer", "teams": [A]},
    }
    for kind, fields in made.items():
        body = a_body(kind, **fields)
        path = teams.catalog.path_of(kind, teams.catalog.made(kind, teams.lead, **body))
        assert teams.lead.get(path).body["name"] == body["name"]
        assert teams.lead.put(path, body | {"name": f"{body['name']} again"}).status == 200
        assert teams.lead.delete(path).status == 204


def test_a_key_that_may_read_the_catalog_reads_them(teams: Teams) -> None:
    key = {"name": "reader", "role": "viewer", "teams": [A], "actions": ["catalog:read"]}
    made = teams.admin.post("/api/v1/api-keys", key).body["key"]
    assert shown_to(teams.catalog.stack.client("catalog_api", made), teams) == {*_OF_A, *_OF_BOTH}


def test_which_names_a_team_may_have_is_shown_to_that_team(teams: Teams) -> None:
    patterns = ["DNS:**.of-a.example"]
    edited = teams.admin.put(f"{PATHS[Kind.TEAM]}/{A}", {"name": "Team A", "allowed_names": patterns})
    assert edited.status == 200, edited.text
    for client in (
        teams.lead,
        teams.catalog.of_team(A, role=Role.VIEWER),
        teams.catalog.of_team("*", role=Role.VIEWER),
        teams.catalog.of_team(B, role=Role.AUDITOR),
    ):
        assert names_of_a(client) == ("Team A", patterns)
        assert "of-a.example" in client.get(PATHS[Kind.TEAM]).text
    for role in _LIMITED:
        stranger = teams.catalog.of_team(B, role=role)
        assert names_of_a(stranger) == ("Team A", None)
        assert "of-a.example" not in stranger.get(PATHS[Kind.TEAM]).text


def names_of_a(client: Client) -> tuple[str, list[str] | None]:
    team = client.get(f"{PATHS[Kind.TEAM]}/{A}").body
    return team["name"], team["allowed_names"]


def test_a_team_admins_preview_has_the_access_rules_that_it_is_shown(teams: Teams) -> None:
    stack = teams.catalog.stack
    lead, claims = stack.new_key(Role.TEAM_ADMIN, [A]), {"provider_id": "idp-trusted", "claims": {}}
    answer = stack.client("identity_api", lead).post("/api/v1/auth/preview", claims)
    previewed = {rule["rule_id"] for rule in answer.body["rules"]}
    assert previewed == {teams.ids[name] for name in ("access of own", "access of mixed", "access of leads'")}


@pytest.mark.parametrize("query", [{}, {"name": "t"}])
def test_pages_are_full_and_their_cursors_name_records_that_were_shown(
    teams: Teams, query: dict[str, str]
) -> None:
    """Hundreds of another team's lie before, between and behind them, by id and by name."""
    database, now = teams.catalog.stack.database, teams.catalog.stack.clock()
    numbers = {f"t-{number:04}": A if number in (520, 521, 1050) else B for number in range(1100)}
    targets = [entry(Kind.TARGET, each, now, team_id=team) for each, team in numbers.items()]
    steps = [step for target in targets for step in CatalogStore(database).create_steps(target)]
    lay_down_rows("catalog", [step.request["Item"] for step in steps])
    viewer = teams.catalog.of_team(A, role=Role.VIEWER)
    own = [each for each, team in numbers.items() if team == A]

    first = viewer.get(PATHS[Kind.TARGET], per_page="2", **query).body
    (at,) = (decode_cursor(first["next_cursor"], "after") or {}).values()
    rest = viewer.get(PATHS[Kind.TARGET], per_page="2", cursor=first["next_cursor"], **query).body

    ids = [[each["id"] for each in page["data"] if each["id"] in own] for page in (first, rest)]
    assert ids == [own[:2], own[2:]]
    assert (at, rest["next_cursor"]) == (own[1], None)
