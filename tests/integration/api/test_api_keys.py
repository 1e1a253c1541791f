from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.stack_admin import StackAdmin
from certctl.domain.access.credentials import key_hash
from certctl.domain.access.permissions import Role
from certctl.domain.audit.events import Actor
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.times import to_wire
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from tests.support.access.earlier_keys import earlier_key_text
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed

KEYS = "/api/v1/api-keys"
SYSTEM = Actor("system/stack_admin")


def make(client: Client, **fields: Any) -> Any:
    return client.post(KEYS, {"name": "ci", "role": "viewer"} | fields)


def ids(client: Client, **query: str) -> list[str]:
    return [key["id"] for key in client.get(KEYS, **query).body["data"]]


def test_the_text_of_a_key_is_shown_once_and_works(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    made = make(admin)
    assert made.status == 201
    shown = made.body
    text = shown.pop("key")
    assert admin.get(f"{KEYS}/{shown['id']}").body == shown
    assert "hash" not in made.text
    assert stack.client("catalog_api", text).get(KEYS).status == 200


def test_a_viewer_cannot_make_an_operator(stack: Deployed) -> None:
    viewer = stack.client("catalog_api", stack.new_key(Role.VIEWER, ["t-1"]))
    assert make(viewer, role="operator").status == 403
    assert make(viewer, role="viewer").status == 201


def test_an_operator_cannot_reach_further_than_their_teams(stack: Deployed) -> None:
    operator = stack.client("catalog_api", stack.new_key(Role.OPERATOR, ["t-1", "t-2"]))
    assert make(operator, teams=["t-1"]).body["teams"] == ["t-1"]
    assert make(operator).body["teams"] == ["t-1", "t-2"]
    assert make(operator, teams=["t-3"]).status == 403
    assert make(operator, teams="*").status == 403


def test_an_operator_cannot_make_an_auditor_who_sees_all_teams(stack: Deployed) -> None:
    operator = stack.client("catalog_api", stack.new_key(Role.OPERATOR, ["t-1"]))
    assert make(operator, role="auditor").status == 403


def test_others_than_administrators_see_their_own_keys_only(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    foreign = make(admin).body["id"]
    text, own_id = stack.new_key_and_id(Role.OPERATOR, ["t-1"], owner_id="o-1")
    operator = stack.client("catalog_api", text)
    child = make(operator).body["id"]
    assert sorted(ids(operator)) == sorted([own_id, child])
    assert operator.get(f"{KEYS}/{foreign}").status == 404
    assert operator.delete(f"{KEYS}/{foreign}").status == 404
    assert foreign in ids(admin)


def test_a_revoked_key_is_refused_and_a_second_revocation_changes_nothing(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    made = make(admin).body
    assert admin.delete(f"{KEYS}/{made['id']}").status == 204
    first = admin.get(f"{KEYS}/{made['id']}").body["revoked_at"]
    stack.clock.advance(timedelta(minutes=1))
    assert admin.delete(f"{KEYS}/{made['id']}").status == 204
    assert admin.get(f"{KEYS}/{made['id']}").body["revoked_at"] == first
    assert stack.client("catalog_api", made["key"]).get(KEYS).status == 401


def test_making_and_revoking_are_in_the_trail_without_the_key_or_its_hash(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    made = make(admin, teams=["t-9"]).body
    stack.clock.advance(timedelta(seconds=1))
    admin.delete(f"{KEYS}/{made['id']}")
    trail = stack.admin("insights_api").get("/api/v1/audit", resource_type="api_key", resource_id=made["id"])
    events = trail.body["data"]
    assert [event["action"] for event in events] == ["api_key_revoked", "api_key_created"]
    assert events[0]["details"]["before"]["revoked_at"] is None
    assert events[0]["details"]["after"]["revoked_at"] is not None
    assert events[1]["team_id"] == "t-9"
    assert made["key"] not in trail.text
    assert key_hash(made["key"]) not in trail.text


def test_keys_are_paged(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    made = {make(admin).body["id"] for _ in range(4)}
    first = admin.get(KEYS, per_page="2").body
    second = admin.get(KEYS, per_page="2", cursor=first["next_cursor"]).body
    third = admin.get(KEYS, per_page="2", cursor=second["next_cursor"]).body
    seen = [key["id"] for page in (first, second, third) for key in page["data"]]
    assert made < set(seen)
    assert len(seen) == len(set(seen)) == 5
    assert third["next_cursor"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"role": "root"},
        {"teams": []},
        {"teams": "t-1"},
        {"teams": ["UPPER CASE"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "tomorrow"},
        {"expires_at": "2099-01-01T00:00:00"},
        {"id": "key-mine"},
    ],
)
def test_wrong_fields_are_422_with_the_field_named(stack: Deployed, wrong: dict[str, Any]) -> None:
    answer = make(stack.admin("catalog_api"), **wrong)
    assert answer.status == 422
    assert any(error["field"].startswith(next(iter(wrong))) for error in answer.body["errors"])


def test_a_key_works_until_it_expires(stack: Deployed) -> None:
    ends = stack.clock() + timedelta(hours=1)
    text = make(stack.admin("catalog_api"), expires_at=to_wire(ends)).body["key"]
    assert stack.client("catalog_api", text).get(KEYS).status == 200
    stack.clock.advance(timedelta(hours=1, seconds=1))
    assert stack.client("catalog_api", text).get(KEYS).status == 401


def test_the_first_administrator_is_minted_once(stack: Deployed) -> None:
    minted = StackAdmin(stack.overrides).api_keys.mint_first_admin(SYSTEM, None)
    assert stack.client("catalog_api", minted.text).get(KEYS).status == 200
    with pytest.raises(Conflict):
        StackAdmin(stack.overrides).api_keys.mint_first_admin(SYSTEM, None)


def test_no_first_administrator_is_minted_once_one_has_signed_in_with_a_provider(stack: Deployed) -> None:
    stack.database.write(AdminSignInStore(stack.database).record_step("usr-ann", stack.clock()))

    with pytest.raises(Conflict, match=r"signed in with an identity provider.*break_glass_key"):
        StackAdmin(stack.overrides).api_keys.mint_first_admin(SYSTEM, None)


def test_the_local_stack_chooses_the_first_key_itself(stack: Deployed) -> None:
    text = earlier_key_text()
    assert StackAdmin(stack.overrides).api_keys.mint_first_admin(SYSTEM, text).text == text
    assert stack.client("catalog_api", text).get(KEYS).status == 200


def test_an_invalid_key_cannot_be_chosen(stack: Deployed) -> None:
    with pytest.raises(InvalidInput):
        StackAdmin(stack.overrides).api_keys.mint_first_admin(SYSTEM, "secret")


def test_once_no_administrator_is_left_one_can_be_minted_again(stack: Deployed) -> None:
    first = StackAdmin(stack.overrides).api_keys.mint_first_admin(SYSTEM, None)
    stack.client("catalog_api", first.text).delete(f"{KEYS}/{first.key.id}")
    second = StackAdmin(stack.overrides).api_keys.mint_first_admin(SYSTEM, None)
    assert stack.client("catalog_api", second.text).get(KEYS).status == 200
