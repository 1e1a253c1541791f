"""Access rules over HTTP: what they may give, and what they refer to."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body

RULES = PATHS[Kind.ACCESS_RULE]
TEAM_RULE: dict[str, Any] = {"role": "operator", "teams": ["t-default"]}


def refused_fields(catalog: CatalogByHttp, **fields: Any) -> list[str]:
    answer = catalog.admin.post(RULES, a_body(Kind.ACCESS_RULE, **fields))
    assert answer.status == 422, answer.text
    return [error["field"] for error in answer.body["errors"]]


def test_a_rule_is_read_as_it_was_written(catalog: CatalogByHttp) -> None:
    rule = catalog.made(Kind.ACCESS_RULE, claim_path=["realm_access", "roles"], **TEAM_RULE)

    read = catalog.admin.get(f"{RULES}/{rule['id']}").body

    assert (read["claim_path"], read["values"]) == (["realm_access", "roles"], ["pki"])
    assert (read["role"], read["teams"], read["version"]) == ("operator", ["t-default"], 1)


def test_all_teams_are_a_star(catalog: CatalogByHttp) -> None:
    assert catalog.made(Kind.ACCESS_RULE)["teams"] == "*"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"provider_id": "idp-none"}, "provider_id"),
        ({"role": "operator", "teams": ["t-none"]}, "teams"),
        ({"role": "agent"}, "role"),
        ({"role": "admin", "teams": ["t-default"]}, "teams"),
        ({"values": ["pki-*"]}, "values.0"),
    ],
)
def test_a_rule_that_could_not_hold_is_refused(
    catalog: CatalogByHttp, fields: dict[str, Any], field: str
) -> None:
    catalog.made(Kind.ACCESS_RULE)

    assert refused_fields(catalog, **fields) == [field]


def test_a_provider_and_a_team_of_a_rule_are_not_deleted(catalog: CatalogByHttp) -> None:
    catalog.made(Kind.TEAM, id="t-pay")
    catalog.made(Kind.ACCESS_RULE, role="operator", teams=["t-pay"])

    for path in (f"{PATHS[Kind.TEAM]}/t-pay", f"{PATHS[Kind.IDENTITY_PROVIDER]}/idp-trusted"):
        answer = catalog.admin.delete(path)
        assert (answer.status, "in use by 1 access-rule" in answer.body["detail"]) == (409, True)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.AUDITOR])
def test_only_administrators_write_rules(catalog: CatalogByHttp, role: Role) -> None:
    rule = catalog.made(Kind.ACCESS_RULE)
    client = catalog.stack.client("catalog_api", catalog.stack.new_key(role))

    answers = [
        client.post(RULES, a_body(Kind.ACCESS_RULE)),
        client.put(f"{RULES}/{rule['id']}", a_body(Kind.ACCESS_RULE)),
        client.delete(f"{RULES}/{rule['id']}"),
    ]

    assert [answer.status for answer in answers] == [403, 403, 403]


def test_a_key_with_some_of_its_role_s_actions_writes_none(catalog: CatalogByHttp) -> None:
    """The rule would give its reader all that the key lacks."""
    made = catalog.admin.post(
        "/api/v1/api-keys", {"name": "narrow", "role": "admin", "actions": ["identity:write"]}
    )
    narrow = catalog.stack.client("catalog_api", made.body["key"])
    catalog.made(Kind.ACCESS_RULE)

    answer = narrow.post(RULES, a_body(Kind.ACCESS_RULE))

    assert (answer.status, "limited to actions" in answer.body["detail"]) == (403, True)
