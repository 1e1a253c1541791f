"""Keys of service accounts and users, made by others."""

from typing import Any

import pytest

from certctl.compose.catalog_api import CatalogApi
from certctl.domain.access.api_keys import MOST_OF_ACCOUNT, NewApiKey
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict
from tests.support.api.http import Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import key_of

KEYS = "/api/v1/api-keys"
OWNERS = "/api/v1/owners"
OPERATOR: list[dict[str, Any]] = [{"role": "operator", "teams": ["t-default"]}]


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    return CatalogByHttp(stack).with_defaults()


@pytest.fixture
def account(catalog: CatalogByHttp) -> dict[str, Any]:
    return catalog.made(Kind.SERVICE_ACCOUNT, grants=OPERATOR)


def made(client: Client, subject_id: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(KEYS, {"name": "ci", "subject_id": subject_id} | fields)
    assert answer.status == 201, answer.text
    key: dict[str, Any] = answer.body
    return key


def refused(client: Client, subject_id: str, **fields: Any) -> int:
    return client.post(KEYS, {"name": "ci", "subject_id": subject_id} | fields).status


@pytest.mark.parametrize("kind", [Kind.SERVICE_ACCOUNT, Kind.USER])
def test_a_key_of_an_account_has_all_its_grants_or_fewer(catalog: CatalogByHttp, kind: Kind) -> None:
    account = catalog.made(kind, grants=OPERATOR)
    whole = made(catalog.admin, account["id"])
    narrow = made(catalog.admin, account["id"], role="viewer")
    assert (whole["subject_id"], whole["role"], whole["parent_id"]) == (account["id"], None, None)
    assert whole["expires_at"] is not None
    shown = [catalog.stack.client("catalog_api", k["key"]).get(f"{KEYS}/self").body for k in (whole, narrow)]
    assert [me["grants"] for me in shown] == [OPERATOR, [{"role": "viewer", "teams": ["t-default"]}]]


def test_keys_of_an_account_are_listed_page_by_page_until_they_are_revoked(
    catalog: CatalogByHttp, account: dict[str, Any]
) -> None:
    ids = [made(catalog.admin, account["id"])["id"] for _ in range(3)]
    made(catalog.admin, catalog.made(Kind.USER, grants=OPERATOR)["id"])
    first = catalog.admin.get(KEYS, subject_id=account["id"], per_page="2").body
    second = catalog.admin.get(KEYS, subject_id=account["id"], per_page="2", cursor=first["next_cursor"]).body
    assert [key["id"] for key in (*first["data"], *second["data"])] == sorted(ids, reverse=True)
    assert second["next_cursor"] is None
    assert catalog.admin.delete(f"{KEYS}/{ids[0]}").status == 204
    left = catalog.admin.get(KEYS, subject_id=account["id"]).body["data"]
    assert [key["id"] for key in left] == sorted(ids[1:], reverse=True)


def test_a_team_admin_makes_lists_and_ends_keys_of_its_teams_accounts_only(
    catalog: CatalogByHttp, account: dict[str, Any]
) -> None:
    team = catalog.made(Kind.TEAM)["id"]
    foreign = catalog.made(Kind.SERVICE_ACCOUNT, team_id=team, grants=[{"role": "viewer", "teams": [team]}])
    beyond = catalog.made(Kind.SERVICE_ACCOUNT, grants=[{"role": "admin", "teams": "*"}])
    user = catalog.made(Kind.USER, grants=OPERATOR)
    team_admin = catalog.of_team("t-default", role=Role.TEAM_ADMIN)

    key = made(team_admin, account["id"])

    assert [each["id"] for each in team_admin.get(KEYS, subject_id=account["id"]).body["data"]] == [key["id"]]
    assert [refused(team_admin, each["id"]) for each in (beyond, foreign, user)] == [404] * 3
    assert team_admin.get(KEYS, subject_id=foreign["id"]).status == 404
    foreign_key = made(catalog.admin, foreign["id"])
    assert team_admin.delete(f"{KEYS}/{foreign_key['id']}").status == 404
    assert team_admin.delete(f"{KEYS}/{key['id']}").status == 204
    assert catalog.stack.client("catalog_api", key["key"]).post(OWNERS, {"name": "late"}).status == 401


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.AUDITOR])
def test_others_make_no_keys_of_accounts(catalog: CatalogByHttp, account: dict[str, Any], role: Role) -> None:
    client = catalog.of_team("t-default", role=role)
    assert refused(client, account["id"], role="viewer") == 404
    assert client.get(KEYS, subject_id=account["id"]).status == 404


def test_a_bad_key_of_an_account_is_refused(catalog: CatalogByHttp, account: dict[str, Any]) -> None:
    admin, subject_id = catalog.admin, account["id"]
    assert refused(admin, "sa-none") == 404
    assert refused(admin, "agt-none") == 404
    assert refused(admin, subject_id, owner_id="o-ann") == 422
    assert refused(admin, subject_id, teams=["t-default"]) == 422
    assert refused(admin, subject_id, role="viewer", teams=["t-other"]) == 422
    assert refused(admin, subject_id, actions=["catalog:write"]) == 422
    assert admin.post(KEYS, {"name": "own"}).status == 422


def test_an_account_has_a_bounded_number_of_live_keys(
    catalog: CatalogByHttp, account: dict[str, Any]
) -> None:
    for _ in range(MOST_OF_ACCOUNT - 1):
        key_of(catalog.stack, account["id"])
    last = made(catalog.admin, account["id"])
    assert refused(catalog.admin, account["id"]) == 409
    assert catalog.admin.delete(f"{KEYS}/{last['id']}").status == 204
    made(catalog.admin, account["id"])


def test_two_keys_that_are_made_at_once_stay_within_the_bound(
    catalog: CatalogByHttp, account: dict[str, Any]
) -> None:
    """The second is made between the check of the first and its write."""
    stack, wanted = catalog.stack, NewApiKey("ci", None, subject_id=account["id"])
    for _ in range(MOST_OF_ACCOUNT - 1):
        key_of(stack, account["id"])
    composed = CatalogApi(stack.overrides)
    authorization = f"Bearer {stack.new_key(Role.ADMIN)}"
    maker = composed.access.authentication.authenticate_uncached(authorization)
    events, name = stack.database.client.meta.events, "before-call.dynamodb.TransactWriteItems"

    def make_another(**_: Any) -> None:
        events.unregister(name, make_another)
        composed.api_keys.create(maker, wanted)

    events.register(name, make_another)
    with pytest.raises(Conflict, match=f"{MOST_OF_ACCOUNT} live keys"):
        composed.api_keys.create(maker, wanted)
    live = catalog.admin.get(KEYS, subject_id=account["id"], per_page="100").body["data"]
    assert len(live) == MOST_OF_ACCOUNT


def test_a_disabled_account_gets_no_key(catalog: CatalogByHttp, account: dict[str, Any]) -> None:
    body = {"name": account["name"], "grants": OPERATOR, "enabled": False}
    assert catalog.admin.put(catalog.path_of(Kind.SERVICE_ACCOUNT, account), body).status == 200
    assert refused(catalog.admin, account["id"]) == 409


def test_a_limited_key_hands_its_limits_on(catalog: CatalogByHttp, account: dict[str, Any]) -> None:
    limits = ["api-keys", "service-accounts:write"]
    limited = catalog.admin.post(
        KEYS, {"name": "limited", "role": "admin", "owner_id": "o", "actions": limits}
    )
    client = catalog.stack.client("catalog_api", limited.body["key"])
    assert made(client, account["id"])["actions"] == limits
    assert refused(client, account["id"], actions=["certificates:read"]) == 403
