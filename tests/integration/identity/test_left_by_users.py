"""What a user made and what works on when the user is disabled: keys of others, and trust rules."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Client
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import key_of

KEYS = "/api/v1/api-keys"
RULES = PATHS[Kind.TRUST_RULE]
ADMIN: list[dict[str, Any]] = [{"role": "admin", "teams": "*"}]


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    return CatalogByHttp(stack).with_defaults()


@pytest.fixture
def ann(catalog: CatalogByHttp) -> dict[str, Any]:
    return catalog.made(Kind.USER, grants=ADMIN)


def by(catalog: CatalogByHttp, user: dict[str, Any]) -> Client:
    return catalog.stack.client("catalog_api", key_of(catalog.stack, user["id"]))


def made(client: Client, **fields: Any) -> dict[str, Any]:
    answer = client.post(KEYS, {"name": "key"} | fields)
    assert answer.status == 201, answer.text
    key: dict[str, Any] = answer.body
    return key


def left_by(client: Client, user: dict[str, Any], **query: str) -> list[str]:
    answer = client.get(KEYS, maker_id=user["id"], **query)
    assert answer.status == 200, answer.text
    return [key["id"] for key in answer.body["data"]]


def test_live_keys_that_a_user_made_for_machines_are_listed_directly_or_through_others(
    catalog: CatalogByHttp, ann: dict[str, Any]
) -> None:
    account = catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)
    made(by(catalog, ann), role="viewer")
    direct = made(by(catalog, ann), subject_id=account["id"])
    other = catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)
    through = made(catalog.stack.client("catalog_api", direct["key"]), subject_id=other["id"])
    ended = made(by(catalog, ann), subject_id=account["id"])
    made(catalog.admin, subject_id=account["id"])
    assert catalog.admin.delete(f"{KEYS}/{ended['id']}").status == 204

    assert left_by(catalog.admin, ann) == sorted([through["id"], direct["id"]], reverse=True)
    assert left_by(catalog.admin, catalog.made(Kind.USER)) == []


def test_they_are_listed_page_by_page(catalog: CatalogByHttp, ann: dict[str, Any]) -> None:
    account = catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)
    ids = [made(by(catalog, ann), subject_id=account["id"])["id"] for _ in range(3)]
    first = catalog.admin.get(KEYS, maker_id=ann["id"], per_page="2").body
    second = catalog.admin.get(KEYS, maker_id=ann["id"], per_page="2", cursor=first["next_cursor"]).body
    assert [key["id"] for key in (*first["data"], *second["data"])] == sorted(ids, reverse=True)
    assert second["next_cursor"] is None


def test_they_are_shown_to_the_user_and_to_administrators_only(
    catalog: CatalogByHttp, ann: dict[str, Any]
) -> None:
    account = catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)
    key = made(by(catalog, ann), subject_id=account["id"])
    assert left_by(by(catalog, ann), ann) == [key["id"]]
    child = catalog.stack.client("catalog_api", made(by(catalog, ann), role="admin")["key"])
    refused = child.get(KEYS, maker_id=ann["id"])
    assert (refused.status, "sign in with an identity provider" in refused.body["detail"]) == (403, True)
    for role in (Role.TEAM_ADMIN, Role.OPERATOR, Role.VIEWER, Role.AUDITOR):
        assert catalog.of_team("t-default", role=role).get(KEYS, maker_id=ann["id"]).status == 404


def test_a_list_is_of_a_maker_or_of_an_account(catalog: CatalogByHttp, ann: dict[str, Any]) -> None:
    account = catalog.made(Kind.SERVICE_ACCOUNT, grants=ADMIN)
    assert catalog.admin.get(KEYS, maker_id=ann["id"], subject_id=account["id"]).status == 422
    assert catalog.admin.get(KEYS, maker_id=account["id"]).status == 404
    assert catalog.admin.get(KEYS, maker_id="usr-none").status == 404


def test_trust_rules_are_listed_by_who_wrote_them(catalog: CatalogByHttp, ann: dict[str, Any]) -> None:
    rule = catalog.made(Kind.TRUST_RULE, by(catalog, ann))

    def written_by(user: dict[str, Any]) -> list[str]:
        return [each["id"] for each in catalog.admin.get(RULES, written_by=user["id"]).body["data"]]

    assert written_by(ann) == [rule["id"]]
    bea = catalog.made(Kind.USER, grants=ADMIN)
    unchanged = {name: rule[name] for name in a_body(Kind.TRUST_RULE)}
    assert by(catalog, bea).put(f"{RULES}/{rule['id']}", unchanged).status == 200
    assert written_by(ann) == [rule["id"]]
    assert by(catalog, bea).put(f"{RULES}/{rule['id']}", unchanged | {"name": "new"}).status == 200
    assert (written_by(ann), written_by(bea)) == ([rule["id"]], [rule["id"]])


def test_trust_rules_are_listed_by_the_account_that_they_lead_to(catalog: CatalogByHttp) -> None:
    rule = catalog.made(Kind.TRUST_RULE)
    found = catalog.admin.get(RULES, service_account_id=rule["service_account_id"]).body["data"]
    assert [each["id"] for each in found] == [rule["id"]]
    assert catalog.admin.get(RULES, service_account_id="sa-other").body["data"] == []
