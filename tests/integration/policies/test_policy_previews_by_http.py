"""A policy is tried on the certificates that exist before it is stored."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.store.catalog.items import CatalogItem
from tests.support.api.http import Answer, Client
from tests.support.issuing.issuing import CERTIFICATES, Issuing

PREVIEW = "/api/v1/policies/preview"
PRODUCTION = {"type": "AllowedEnvironments", "config": {"environments": ["production"]}}


@pytest.fixture
def api(world: Issuing) -> Client:
    return world.stack.admin("catalog_api")


def previewed(api: Client, **fields: Any) -> dict[str, Any]:
    answer: Answer = api.post(PREVIEW, PRODUCTION | fields)
    assert answer.status == 200, answer.text
    return dict(answer.body)


def created(world: Issuing, environment: str) -> str:
    return str(world.created(environment=environment).body["id"])


def test_it_names_each_certificate_that_would_violate_it_and_why(world: Issuing, api: Client) -> None:
    created(world, "production")
    staging = created(world, "staging")
    found = previewed(api)
    [violation] = found["data"]
    assert (violation["certificate_id"], violation["reason_count"]) == (staging, 1)
    assert "the environment 'staging' is not allowed" in violation["reasons"][0]
    assert (found["examined"], found["evaluated"], found["failed"], found["total"]) == (2, 2, 0, 2)
    assert found["next_cursor"] is None


def test_it_says_how_far_it_came_and_continues(world: Issuing, api: Client) -> None:
    made = {created(world, "staging") for _ in range(3)}
    page = previewed(api, per_page=2)
    assert (page["examined"], page["total"]) == (2, 3)
    rest = previewed(api, per_page=2, cursor=page["next_cursor"])
    assert rest["next_cursor"] is None
    assert {each["certificate_id"] for each in [*page["data"], *rest["data"]]} == made


def test_an_archived_certificate_is_examined_and_not_evaluated(world: Issuing, api: Client) -> None:
    ended = created(world, "staging")
    answer = world.stack.admin("certificates_api").send("DELETE", f"{CERTIFICATES}/{ended}")
    assert answer.status == 204, answer.text
    found = previewed(api)
    assert (found["data"], found["examined"], found["evaluated"]) == ([], 1, 0)


def test_it_finds_what_the_evaluation_of_the_stored_policy_would(world: Issuing, api: Client) -> None:
    """The preview stores nothing."""
    world.created(environment="staging")
    previewed(api)
    stored = world.stack.database.query(CatalogItem, "policy").items
    assert stored == []
    refused = api.post(PREVIEW, {"type": "CertificateLifetime", "config": {"max_days": 47}}).body["data"]
    assert "the profile server is for 200 days" in refused[0]["reasons"][0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "AllowedEnvironments", "config": {}}, "config.environments"),
        ({"type": "AllowedIssuers", "config": {"issuer_ids": ["iss-none"]}}, "config.issuer_ids"),
        (PRODUCTION | {"per_page": 501}, "per_page"),
        (PRODUCTION | {"cursor": "eyJhdCI6ICJub25lL3gifQ"}, "query.cursor"),
    ],
)
def test_a_draft_that_could_not_be_stored_is_refused(api: Client, body: dict[str, Any], field: str) -> None:
    answer = api.post(PREVIEW, body)
    assert answer.status == 422
    assert [problem["field"] for problem in answer.body["errors"]] == [field]


def test_only_who_may_store_policies_previews_them(world: Issuing) -> None:
    operator = world.stack.client("catalog_api", world.stack.new_key(Role.OPERATOR, ["t-default"]))
    assert operator.post(PREVIEW, PRODUCTION).status == 403
