"""Whose a key is, how long it lasts, and what ends with it (findings F5 and F11)."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.api_keys import MOST_CHILDREN
from certctl.domain.access.permissions import Role
from certctl.domain.times import to_wire
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.follow_ups import FollowUpStore
from certctl.store.keys import LEAKED_KEYS
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed

KEYS = "/api/v1/api-keys"


def make(client: Client, **fields: Any) -> Any:
    answer = client.post(KEYS, {"name": "ci", "role": "viewer"} | fields)
    assert answer.status == 201, answer.text
    return answer.body


def refused(client: Client, **fields: Any) -> Any:
    return client.post(KEYS, {"name": "ci", "role": "viewer"} | fields)


def of(stack: Deployed, made: Any) -> Client:
    return stack.client("catalog_api", made["key"])


def works(stack: Deployed, made: Any) -> bool:
    return bool(of(stack, made).get(f"{KEYS}/self").status == 200)


def end(client: Client, key_id: str, **query: str) -> int:
    return int(client.delete(f"{KEYS}/{key_id}", **query).status)


def operator_of(stack: Deployed, **fields: Any) -> Any:
    """A key that an administrator makes for another owner: no child."""
    return make(stack.admin("catalog_api"), role="operator", teams=["t-1"], owner_id="o-1", **fields)


def test_a_key_lasts_90_days_and_may_last_400(stack: Deployed) -> None:
    admin, now = stack.admin("catalog_api"), stack.clock()
    longest = to_wire(now + timedelta(days=400))
    assert make(admin)["expires_at"] == to_wire(now + timedelta(days=90))
    assert make(admin, expires_at=longest)["expires_at"] == longest
    answer = refused(admin, expires_at=to_wire(now + timedelta(days=400, seconds=2)))
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "expires_at")


def test_a_key_that_ends_makes_none_that_lasts_longer(stack: Deployed) -> None:
    ends_at = to_wire(stack.clock() + timedelta(hours=1))
    operator = of(stack, operator_of(stack, expires_at=ends_at))
    child = make(operator)
    assert child["expires_at"] == ends_at
    later = to_wire(stack.clock() + timedelta(hours=2))
    assert refused(operator, expires_at=later).status == 422
    stack.clock.advance(timedelta(hours=2))
    assert not works(stack, child)


def test_a_key_without_end_of_an_earlier_release_works_and_its_keys_end(stack: Deployed) -> None:
    old = stack.client("catalog_api", stack.new_key(Role.OPERATOR, ["t-1"]))
    assert old.get(f"{KEYS}/self").body["expires_at"] is None
    assert make(old)["expires_at"] == to_wire(stack.clock() + timedelta(days=90))


def test_a_child_makes_no_keys(stack: Deployed) -> None:
    answer = refused(of(stack, make(of(stack, operator_of(stack)))))
    assert answer.status == 403
    assert "makes no keys" in answer.body["detail"]


def test_the_children_of_a_key_end_with_it_in_one_call(stack: Deployed) -> None:
    maker = operator_of(stack)
    children = [make(of(stack, maker)) for _ in range(3)]
    admin = stack.admin("catalog_api")
    assert end(admin, maker["id"]) == 204
    assert not any(works(stack, child) for child in children)
    shown = [admin.get(f"{KEYS}/{child['id']}").body for child in children]
    assert all(child["revoked_at"] and child["parent_id"] == maker["id"] for child in shown)
    trail = stack.admin("insights_api").get(
        "/api/v1/audit", resource_type="api_key", resource_id=children[0]["id"]
    )
    ended = [event for event in trail.body["data"] if event["action"] == "api_key_revoked"]
    assert [event["details"]["ended_with"] for event in ended] == [maker["id"]]


def test_a_child_that_ended_makes_room_and_more_than_20_live_ones_are_refused(stack: Deployed) -> None:
    maker = operator_of(stack)
    client = of(stack, maker)
    children = [make(client) for _ in range(MOST_CHILDREN)]
    assert refused(client).status == 409
    assert end(client, children[0]["id"]) == 204
    last = make(client)
    assert refused(client).status == 409
    assert end(stack.admin("catalog_api"), maker["id"]) == 204
    assert not any(works(stack, child) for child in [*children, last])


def test_a_key_that_an_administrator_makes_for_another_owner_is_no_child(stack: Deployed) -> None:
    admin = make(stack.admin("catalog_api"), role="admin", owner_id="o-anna")
    hers = make(of(stack, admin), role="operator", owner_id="o-bob")
    assert (hers["parent_id"], hers["made_by"]) == (None, admin["id"])
    assert end(stack.admin("catalog_api"), admin["id"]) == 204
    assert works(stack, hers)


def test_a_leaked_key_takes_all_that_it_ever_made_with_it(stack: Deployed) -> None:
    leaked = make(stack.admin("catalog_api"), role="admin", owner_id="o-anna")
    child = make(of(stack, leaked))
    another = make(of(stack, leaked), role="admin", owner_id="o-bob")
    of_another = make(of(stack, another), role="operator", owner_id="o-eve")
    its_child = make(of(stack, of_another))
    ended_before = make(of(stack, leaked), role="admin", owner_id="o-bob")
    of_the_ended = make(of(stack, ended_before), role="operator", owner_id="o-eve")
    admin = stack.admin("catalog_api")
    assert end(admin, ended_before["id"]) == 204
    stranger = operator_of(stack)
    assert end(admin, leaked["id"], reason="leaked") == 204
    family = (leaked, child, another, of_another, its_child, of_the_ended)
    assert not any(works(stack, key) for key in family)
    assert all(admin.get(f"{KEYS}/{key['id']}").body["leaked_at"] for key in (*family, ended_before))
    assert works(stack, stranger)
    assert not FollowUpStore(stack.database, LEAKED_KEYS).any()


def test_a_key_that_was_revoked_may_be_reported_as_leaked_later_and_again(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    leaked = make(admin, role="admin", owner_id="o-anna")
    made = make(of(stack, leaked), role="operator", owner_id="o-bob")
    assert end(admin, leaked["id"]) == 204
    assert works(stack, made)
    assert end(admin, leaked["id"], reason="leaked") == 204
    assert not works(stack, made)
    assert end(admin, leaked["id"], reason="leaked") == 204


def test_maintenance_ends_what_the_call_had_no_time_for(stack: Deployed) -> None:
    leaked = make(stack.admin("catalog_api"), role="admin", owner_id="o-anna")
    made = make(of(stack, leaked), role="operator", owner_id="o-bob")
    store, now = ApiKeyStore(stack.database), stack.clock()
    record = store.get(leaked["id"])
    assert record is not None
    follow_ups = FollowUpStore(stack.database, LEAKED_KEYS)
    row = follow_ups.follow_up_step(record.id, now)
    stack.database.transact([*store.revoke_steps(record, now, now), row])
    endings = MaintenanceSchedule(stack.overrides).key_endings
    assert endings.run(lambda: True) == 0
    stack.clock.advance(timedelta(minutes=3))
    assert endings.run(lambda: True) == 1
    assert not works(stack, made)
    assert not follow_ups.any()


def test_an_unknown_reason_is_422(stack: Deployed) -> None:
    assert end(stack.admin("catalog_api"), "key-none", reason="bored") == 422


def test_a_lesser_key_of_an_owner_neither_lists_nor_ends_a_greater(stack: Deployed) -> None:
    viewer_text, _ = stack.new_key_and_id(Role.VIEWER, ["t-1"], owner_id="o-plat")
    viewer = stack.client("catalog_api", viewer_text)
    _, admin_id = stack.new_key_and_id(Role.ADMIN, owner_id="o-plat")
    _, other_team = stack.new_key_and_id(Role.VIEWER, ["t-2"], owner_id="o-plat")
    _, operator_id = stack.new_key_and_id(Role.OPERATOR, ["t-1"], owner_id="o-plat")
    for key_id in (admin_id, other_team, operator_id):
        assert viewer.get(f"{KEYS}/{key_id}").status == 404
        assert end(viewer, key_id) == 404
        assert end(viewer, key_id, reason="leaked") == 404
    assert {admin_id, other_team, operator_id}.isdisjoint(key["id"] for key in viewer.get(KEYS).body["data"])


def test_a_greater_key_of_an_owner_lists_and_ends_a_lesser(stack: Deployed) -> None:
    operator = stack.client("catalog_api", stack.new_key(Role.OPERATOR, ["t-1", "t-2"], owner_id="o-plat"))
    _, viewer_id = stack.new_key_and_id(Role.VIEWER, ["t-1"], owner_id="o-plat")
    assert viewer_id in [key["id"] for key in operator.get(KEYS).body["data"]]
    assert end(operator, viewer_id) == 204


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.AUDITOR])
def test_a_child_ends_itself_and_neither_its_maker_nor_its_siblings(stack: Deployed, role: Role) -> None:
    maker = make(stack.admin("catalog_api"), role=role, teams=["t-1"], owner_id="o-1")
    child, sibling = (make(of(stack, maker), role=role) for _ in range(2))
    client = of(stack, child)
    assert end(client, maker["id"]) == 404
    assert end(client, sibling["id"]) == 404
    assert [key["id"] for key in client.get(KEYS).body["data"]] == [child["id"]]
    assert end(client, child["id"]) == 204
    assert works(stack, maker)


def test_an_administrators_child_sees_its_maker_and_cannot_end_it(stack: Deployed) -> None:
    maker = make(stack.admin("catalog_api"), role="admin", owner_id="o-1")
    client = of(stack, make(of(stack, maker), role="admin"))
    assert client.get(f"{KEYS}/{maker['id']}").status == 200
    assert end(client, maker["id"]) == 403
    assert end(client, maker["id"], reason="leaked") == 403


def test_a_key_that_an_earlier_release_made_for_its_maker_does_not_end_it(stack: Deployed) -> None:
    """Such a key has no parent, but names its maker as its owner."""
    _, maker_id = stack.new_key_and_id(Role.OPERATOR, ["t-1"])
    made = stack.client("catalog_api", stack.new_key(Role.VIEWER, ["t-1"], owner_id=maker_id))
    assert end(made, maker_id) == 404


def test_actions_limit_a_key_to_some_permissions_of_its_role(stack: Deployed) -> None:
    limited = operator_of(stack, actions=["catalog:read"])
    client = of(stack, limited)
    assert client.get("/api/v1/teams").status == 200
    refusal = stack.client("insights_api", limited["key"]).get("/api/v1/audit")
    assert (refusal.status, "actions of this key" in refusal.body["detail"]) == (403, True)
    own = client.get(f"{KEYS}/self").body
    assert own["actions"] == ["catalog:read"]
    permissions = {grant["permission"] for grant in own["permissions"]}
    assert permissions == {"api-keys", "catalog:read", "team-records:read"}


def test_a_key_that_may_not_manage_keys_sees_and_ends_only_itself(stack: Deployed) -> None:
    _, sibling = stack.new_key_and_id(Role.OPERATOR, ["t-1"], owner_id="o-1")
    limited = operator_of(stack, actions=["catalog:read"])
    admin = make(stack.admin("catalog_api"), role="admin", owner_id="o-2", actions=["catalog:read"])
    for key in (limited, admin):
        client = of(stack, key)
        assert [each["id"] for each in client.get(KEYS).body["data"]] == [key["id"]]
        assert refused(client).status == 403
        assert end(client, sibling) == 404
        assert end(client, key["id"]) == 204


def test_a_limited_key_makes_none_that_may_do_more(stack: Deployed) -> None:
    client = of(stack, operator_of(stack, actions=["catalog:read", "api-keys"]))
    assert make(client)["actions"] == ["catalog:read", "api-keys"]
    assert make(client, actions=["catalog:read"])["actions"] == ["catalog:read"]
    assert refused(client, actions=["stats:read"]).status == 403


def test_an_action_that_the_role_lacks_is_422(stack: Deployed) -> None:
    answer = refused(stack.admin("catalog_api"), role="viewer", actions=["certificates:write"])
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "actions")
