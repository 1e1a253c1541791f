"""After a restore: who was disabled or deleted since the backup stays disabled, and is named."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.stack_admin import StackAdmin
from certctl.services.identity.account_recovery import Outcome, RestoredAccounts
from tests.support.aws.point_in_time import go_back, snapshot
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed

ACCOUNTS = "/api/v1/service-accounts"
USERS = "/api/v1/users"
GRANTS = [{"role": "operator", "teams": ["t-default"]}]


def recovered(stack: Deployed) -> RestoredAccounts:
    return StackAdmin(stack.overrides).account_recovery.bring_in_line()


def made(stack: Deployed, path: str, **fields: Any) -> str:
    answer = stack.admin("catalog_api").post(path, {"name": "ci", "grants": GRANTS} | fields)
    assert answer.status == 201, answer.text
    identifier: str = answer.body["id"]
    return identifier


def enabled(stack: Deployed, path: str, account_id: str) -> bool:
    shown: bool = stack.admin("catalog_api").get(f"{path}/{account_id}").body["enabled"]
    return shown


def disable(stack: Deployed, path: str, account_id: str, **fields: Any) -> None:
    stack.clock.advance(timedelta(seconds=1))
    body = {"name": "ci", "grants": GRANTS, "enabled": False} | fields
    assert stack.admin("catalog_api").put(f"{path}/{account_id}", body).status == 200


def key_of(stack: Deployed, account_id: str) -> str:
    answer = stack.admin("catalog_api").post("/api/v1/api-keys", {"name": "ci", "subject_id": account_id})
    text: str = answer.body["key"]
    return text


def works(stack: Deployed, text: str) -> bool:
    return stack.client("catalog_api", text).get("/api/v1/api-keys/self").status == 200


@pytest.mark.parametrize("keeping", [("audit",), ("audit", "credentials"), ("audit", "catalog")])
def test_a_disabled_account_stays_disabled_whichever_tables_went_back(
    stack: Deployed, keeping: tuple[str, ...]
) -> None:
    account = made(stack, ACCOUNTS, team_id="t-default")
    other, text = made(stack, ACCOUNTS, name="other", team_id="t-default"), key_of(stack, account)
    before = snapshot(stack.database.client)
    disable(stack, ACCOUNTS, account, team_id="t-default")
    go_back(stack.database.client, before, keeping=keeping)
    assert recovered(stack) == RestoredAccounts(True, {account: Outcome.DISABLED})
    assert not works(stack, text)
    assert not enabled(stack, ACCOUNTS, account)
    assert enabled(stack, ACCOUNTS, other)
    assert recovered(stack) == RestoredAccounts(True, {})


def test_a_user_who_was_deleted_comes_back_disabled(stack: Deployed) -> None:
    user = made(stack, USERS)
    before = snapshot(stack.database.client)
    stack.clock.advance(timedelta(seconds=1))
    assert stack.admin("catalog_api").delete(f"{USERS}/{user}").status == 204
    go_back(stack.database.client, before, keeping=("audit",))
    assert recovered(stack).disabled == [user]
    assert not enabled(stack, USERS, user)


def test_an_account_that_was_enabled_again_stays_enabled(stack: Deployed) -> None:
    user = made(stack, USERS)
    disable(stack, USERS, user)
    disable(stack, USERS, user, enabled=True)
    assert recovered(stack).disabled == []
    assert enabled(stack, USERS, user)


def edit(stack: Deployed, account_id: str, role: str) -> None:
    stack.clock.advance(timedelta(seconds=1))
    body = {"name": "ci", "grants": [{"role": role, "teams": ["t-default"]}], "team_id": "t-default"}
    assert stack.admin("catalog_api").put(f"{ACCOUNTS}/{account_id}", body).status == 200


@pytest.mark.parametrize("keeping", [("audit", "credentials"), ("audit", "catalog")])
def test_a_subject_has_what_its_record_says_whichever_of_the_two_went_back(
    stack: Deployed, keeping: tuple[str, ...]
) -> None:
    account = made(stack, ACCOUNTS, team_id="t-default")
    text = key_of(stack, account)
    before = snapshot(stack.database.client)
    edit(stack, account, "viewer")
    go_back(stack.database.client, before, keeping=keeping)
    assert recovered(stack) == RestoredAccounts(True, {account: Outcome.CHANGED})
    stack.restart()
    of_record = stack.admin("catalog_api").get(f"{ACCOUNTS}/{account}").body["grants"][0]["role"]
    assert (
        stack.client("catalog_api", text).get("/api/v1/api-keys/self").body["grants"][0]["role"] == of_record
    )
    assert recovered(stack) == RestoredAccounts(True, {})


def test_an_agent_that_was_retired_since_is_retired_again(stack: Deployed) -> None:
    CatalogByHttp(stack).with_defaults()
    agents = stack.admin("catalog_api")
    answer = agents.post("/api/v1/agents", {"name": "web", "hostname": "web-1.example.com"})
    agent, text = answer.body["id"], answer.body["key"]
    before = snapshot(stack.database.client)
    stack.clock.advance(timedelta(seconds=1))
    assert agents.delete(f"/api/v1/agents/{agent}").status == 204
    go_back(stack.database.client, before, keeping=("audit",))
    stack.restart()
    assert stack.client("agents_api", text).get("/api/v1/agent/work").status == 200
    assert recovered(stack) == RestoredAccounts(True, {agent: Outcome.RETIRED})
    assert stack.client("agents_api", text).get("/api/v1/agent/work").status == 401
    assert agents.get(f"/api/v1/agents/{agent}").status == 404
    assert recovered(stack) == RestoredAccounts(True, {})
