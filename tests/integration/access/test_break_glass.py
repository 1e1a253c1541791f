"""The break-glass key: made by stack_admin, for an hour, announced, and no approver."""

from datetime import timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.stack_admin import StackAdmin
from certctl.domain.access.permissions import Permission, Role
from certctl.domain.audit.events import STACK_ADMIN
from certctl.services.access.api_keys import MintedKey
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.break_glass import BreakGlassStore
from tests.support.functions.deployed import Deployed

SELF = "/api/v1/api-keys/self"
OWNERS = "/api/v1/owners"


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch, stack: Deployed) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")
    stack.restart()


def minted(stack: Deployed) -> MintedKey:
    return StackAdmin(stack.overrides).break_glass.mint(STACK_ADMIN)


def announced(stack: Deployed) -> int:
    return MaintenanceSchedule(stack.overrides).break_glass_watch.run()


def alerts(stack: Deployed) -> list[tuple[str, str]]:
    rows = stack.admin("notifications_api").get("/api/v1/notifications").body["data"]
    return [(row["severity"], row["subject"]) for row in reversed(rows)]


def events(stack: Deployed, key: MintedKey) -> list[str]:
    client = stack.admin("insights_api")
    trail = client.get("/api/v1/audit", resource_type="api_key", resource_id=key.key.id)
    return sorted(event["action"] for event in trail.body["data"])


def test_it_is_an_administrators_key_for_an_hour(stack: Deployed) -> None:
    key = minted(stack)
    client = stack.client("catalog_api", key.text)
    made = client.post(OWNERS, {"name": "On call", "email": "on-call@example.com"})
    assert made.status == 201, made.text
    stack.clock.advance(timedelta(hours=1))
    assert client.post(OWNERS, {"name": "Late"}).status == 401


def test_it_mends_what_signs_people_in_and_approves_nothing(stack: Deployed) -> None:
    actions = set(minted(stack).key.actions)
    assert set(Permission) - actions == {Permission.JOBS_APPROVE}


def test_an_approval_by_it_is_refused(stack: Deployed) -> None:
    client = stack.client("insights_api", minted(stack).text)
    assert client.post("/api/v1/jobs/job-01m7tyma05j7bzwzn179dqp03e/approve").status == 403


def test_it_makes_no_keys_but_ends_them(stack: Deployed) -> None:
    client = stack.client("catalog_api", minted(stack).text)
    _, other = stack.new_key_and_id(Role.ADMIN)
    refused = client.post("/api/v1/api-keys", {"name": "mine", "role": "admin", "owner_id": "o-default"})
    assert refused.status == 403
    assert "makes no keys" in refused.text
    assert client.delete(f"/api/v1/api-keys/{other}").status == 204


def test_a_second_one_ends_the_first(stack: Deployed) -> None:
    first, second = minted(stack), minted(stack)
    assert stack.client("catalog_api", first.text).get(SELF).status == 401
    assert stack.client("catalog_api", second.text).get(SELF).status == 200
    assert events(stack, first) == ["api_key_created", "api_key_revoked"]


def test_it_is_no_administrator_that_stands_in_the_way_of_the_first_key(stack: Deployed) -> None:
    minted(stack)
    key = StackAdmin(stack.overrides).api_keys.mint_first_admin(STACK_ADMIN, None)
    minted(stack)
    assert key.key.name == "first admin"
    assert not _has_other_admin(stack, key)


def _has_other_admin(stack: Deployed, first: MintedKey) -> bool:
    store = ApiKeyStore(stack.database)
    stack.database.transact(store.revoke_steps(first.key, stack.clock()))
    return store.has_live_admin(stack.clock())


@pytest.mark.usefixtures("channel")
def test_its_making_and_its_first_use_are_critical_alerts_once(stack: Deployed) -> None:
    key = minted(stack)
    assert (announced(stack), announced(stack)) == (1, 0)
    assert stack.client("catalog_api", key.text).get(SELF).status == 200
    assert (announced(stack), announced(stack)) == (1, 0)
    made, used = "A break-glass key was made", "The break-glass key is in use"
    assert sorted(alerts(stack)) == [("critical", made), ("critical", used)]
    assert events(stack, key) == ["api_key_created", "break_glass_key_used"]


@pytest.mark.usefixtures("channel")
def test_one_that_was_used_and_ended_between_two_runs_is_announced_all_the_same(stack: Deployed) -> None:
    key = minted(stack)
    stack.client("catalog_api", key.text).get(SELF)
    stack.clock.advance(timedelta(hours=2))
    assert announced(stack) == 2
    assert len(alerts(stack)) == 2
    assert BreakGlassStore(stack.database).announcements() == []


@pytest.mark.usefixtures("channel")
def test_one_that_is_replaced_at_once_is_announced_too(stack: Deployed) -> None:
    minted(stack)
    minted(stack)
    assert announced(stack) == 2
    assert announced(stack) == 0
