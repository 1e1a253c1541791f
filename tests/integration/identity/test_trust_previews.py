"""What a trust rule says of a token or of claims, before and after the rule is saved."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from tests.support.identity.trust import Trust


def test_a_preview_says_what_each_check_found(trust: Trust) -> None:
    client = trust.stack.admin("identity_api")
    path = "/api/v1/auth/trust-rules/tr-ci/preview"
    now = int(trust.stack.clock().timestamp())
    claims = {"repository_id": "5", "iat": now, "jti": "1"}
    answer = client.post(path, {"claims": claims})
    assert answer.status == 200, answer.text
    assert answer.body["admitted"] is False
    assert [check["name"] for check in answer.body["checks"] if not check["passed"]] == ["repository_id"]
    assert answer.body["warnings"]
    assert client.post(path, {"token": trust.token()}).body["admitted"] is True
    assert client.post(path, {"token": trust.token(aud="x")}).body["refusal"]
    assert client.post(path, {}).status == 422
    assert trust.exchange(trust.token()).status == 200


UNSAVED = "/api/v1/auth/trust-rules/preview"


def unsaved(trust: Trust, **fields: Any) -> dict[str, Any]:
    saved = trust.stack.admin("catalog_api").get("/api/v1/trust-rules/tr-ci").body
    names = ("name", "provider_id", "service_account_id", "claims", "audience")
    return {name: saved[name] for name in names} | fields


def test_a_rule_is_previewed_before_it_is_saved(trust: Trust) -> None:
    client = trust.stack.admin("identity_api")
    now = int(trust.stack.clock().timestamp())
    wanted = unsaved(trust, claims=[{"path": ["repository_id"], "values": ["5"]}])
    claims = {"repository_id": "5", "iat": now, "jti": "1"}
    assert client.post(UNSAVED, {"rule": wanted, "claims": claims}).body["admitted"] is True
    assert client.post(UNSAVED, {"rule": wanted, "token": trust.token()}).body["admitted"] is False
    assert client.post(UNSAVED, {"rule": unsaved(trust), "token": trust.token()}).body["admitted"] is True
    assert trust.exchange(trust.token(repository_id="5")).status != 200


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"claims": [{"path": ["ref"], "values": ["main"]}]}, "rule.claims"),
        ({"provider_id": "idp-none"}, "rule.provider_id"),
        ({"service_account_id": "sa-none"}, "rule.service_account_id"),
    ],
)
def test_a_preview_of_a_rule_that_cannot_be_saved_says_why(
    trust: Trust, fields: dict[str, Any], at: str
) -> None:
    answer = trust.stack.admin("identity_api").post(UNSAVED, {"rule": unsaved(trust, **fields), "claims": {}})
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [at]


def test_previews_are_for_writers_of_rules(trust: Trust) -> None:
    client = trust.stack.client("identity_api", trust.stack.new_key(Role.OPERATOR, ["t-ci"]))
    assert client.post("/api/v1/auth/trust-rules/tr-ci/preview", {"claims": {}}).status == 403
