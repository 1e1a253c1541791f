"""Keys of a team-admin: it manages those of its teams up to operator, and nothing beyond."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed

KEYS = "/api/v1/api-keys"


@pytest.fixture
def lead(stack: Deployed) -> Client:
    return stack.client("catalog_api", stack.new_key(Role.TEAM_ADMIN, ["t-1", "t-2"], owner_id="o-lead"))


def listed(client: Client) -> list[str]:
    return [key["id"] for key in client.get(KEYS).body["data"]]


def key_id(stack: Deployed, role: Role, *teams: str, **fields: Any) -> str:
    return stack.new_key_and_id(role, list(teams), owner_id="o-other", **fields)[1]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
@pytest.mark.parametrize("teams", [("t-1",), ("t-2", "t-1")])
def test_keys_within_its_teams_are_listed_and_end_by_it(
    stack: Deployed, lead: Client, role: Role, teams: tuple[str, ...]
) -> None:
    text, theirs = stack.new_key_and_id(role, list(teams), owner_id="o-other")

    assert theirs in listed(lead)
    assert lead.get(f"{KEYS}/{theirs}").body["owner_id"] == "o-other"
    assert lead.delete(f"{KEYS}/{theirs}").status == 204
    assert stack.client("catalog_api", text).get(KEYS).status == 401


@pytest.mark.parametrize(
    ("role", "teams"),
    [
        (Role.OPERATOR, ("t-3",)),
        (Role.OPERATOR, ("t-1", "t-3")),
        (Role.VIEWER, ("*",)),
        (Role.TEAM_ADMIN, ("t-1",)),
        (Role.AUDITOR, ("t-1",)),
        (Role.ADMIN, ("t-1",)),
        (Role.AGENT, ("t-1",)),
    ],
)
def test_keys_beyond_its_teams_and_of_other_roles_are_not_there(
    stack: Deployed, lead: Client, role: Role, teams: tuple[str, ...]
) -> None:
    foreign = key_id(stack, role, *teams)

    assert foreign not in listed(lead)
    assert lead.get(f"{KEYS}/{foreign}").status == 404
    assert lead.delete(f"{KEYS}/{foreign}").status == 404
    assert lead.delete(f"{KEYS}/{foreign}", reason="leaked").status == 404


@pytest.mark.parametrize("role", ["admin", "team-admin", "auditor", "agent"])
def test_it_makes_keys_up_to_operator(lead: Client, role: str) -> None:
    assert lead.post(KEYS, {"name": "ci", "role": role}).status == 403
    assert lead.post(KEYS, {"name": "ci", "role": "operator", "teams": ["t-3"]}).status == 403
    made = lead.post(KEYS, {"name": "ci", "role": "operator", "teams": ["t-1"], "owner_id": "o-other"})
    assert made.body["owner_id"] == "o-lead", "only administrators make keys for others"


def test_its_own_keys_of_the_same_role_are_its_own(stack: Deployed, lead: Client) -> None:
    also_hers = stack.new_key_and_id(Role.TEAM_ADMIN, ["t-1"], owner_id="o-lead")[1]
    wider = stack.new_key_and_id(Role.TEAM_ADMIN, ["t-3"], owner_id="o-lead")[1]

    assert also_hers in listed(lead)
    assert wider not in listed(lead)


def test_a_child_of_a_team_admin_does_not_end_its_maker(stack: Deployed) -> None:
    text, own = stack.new_key_and_id(Role.TEAM_ADMIN, ["t-1"])
    child = stack.client("catalog_api", text).post(KEYS, {"name": "ci", "role": "operator"}).body
    program = stack.client("catalog_api", child["key"])

    assert listed(program) == [child["id"]]
    assert program.delete(f"{KEYS}/{own}").status == 404


def test_actions_without_keys_leave_a_team_admin_its_own_key(stack: Deployed) -> None:
    text = stack.new_key(Role.ADMIN)
    wanted = {"name": "ci", "role": "team-admin", "teams": ["t-1"], "actions": ["certificates:read"]}
    narrow = stack.client("catalog_api", text).post(KEYS, wanted | {"owner_id": "o-lead"}).body
    theirs = key_id(stack, Role.VIEWER, "t-1")
    client = stack.client("catalog_api", narrow["key"])

    assert listed(client) == [narrow["id"]]
    assert client.delete(f"{KEYS}/{theirs}").status == 404
