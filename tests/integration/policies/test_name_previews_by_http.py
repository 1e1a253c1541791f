"""The names of a team are tried on the certificates that exist before they are stored."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.issuing.issuing import CERTIFICATES, Issuing

TEAM = "t-default"
SHOP = ["DNS:**.shop.example.com"]


@pytest.fixture
def api(world: Issuing) -> Client:
    return CatalogByHttp(world.stack).with_defaults().admin


def path(team_id: str) -> str:
    return f"/api/v1/teams/{team_id}/names/preview"


def previewed(api: Client, allowed_names: list[str], team_id: str = TEAM, **fields: Any) -> dict[str, Any]:
    answer: Answer = api.post(path(team_id), {"allowed_names": allowed_names, **fields})
    assert answer.status == 200, answer.text
    return dict(answer.body)


def created(world: Issuing, common_name: str) -> str:
    return str(world.created(common_name=common_name, csr_pem=None).body["id"])


def new_team(world: Issuing, *allowed_names: str) -> str:
    catalog = CatalogByHttp(world.stack)
    return str(catalog.made(Kind.TEAM, allowed_names=list(allowed_names))["id"])


def test_it_names_each_certificate_that_would_be_refused_and_why(world: Issuing, api: Client) -> None:
    created(world, "www.shop.example.com")
    refused = created(world, "www.example.com")
    found = previewed(api, SHOP)
    [certificate] = found["data"]
    assert (certificate["certificate_id"], certificate["team_id"]) == (refused, TEAM)
    assert [name["name"] for name in certificate["names"]] == ["DNS:www.example.com"]
    assert certificate["name_count"] == 1
    assert "DNS:**.shop.example.com" in certificate["names"][0]["reason"]
    assert not certificate["exemptible"]
    assert (found["examined"], found["evaluated"], found["next_cursor"]) == (2, 2, None)


def test_it_finds_certificates_of_other_teams_whose_names_a_more_specific_pattern_takes(
    world: Issuing, api: Client
) -> None:
    taken = created(world, "www.shop.example.com")
    created(world, "www.example.com")
    shop = new_team(world)
    found = previewed(api, SHOP, shop)
    assert [(each["certificate_id"], each["team_id"]) for each in found["data"]] == [(taken, TEAM)]
    assert found["total"] == 2


def test_names_that_are_only_taken_away_are_tried_on_the_own_certificates(
    world: Issuing, api: Client
) -> None:
    refused = created(world, "www.example.com")
    new_team(world, *SHOP)
    found = previewed(api, [])
    assert [each["certificate_id"] for each in found["data"]] == [refused]
    assert found["total"] is None


def test_it_says_how_far_it_came_and_continues(world: Issuing, api: Client) -> None:
    made = {created(world, f"{number}.example.com") for number in range(3)}
    page = previewed(api, SHOP, per_page=2)
    assert (page["examined"], page["total"]) == (2, 3)
    rest = previewed(api, SHOP, per_page=2, cursor=page["next_cursor"])
    assert rest["next_cursor"] is None
    assert {each["certificate_id"] for each in [*page["data"], *rest["data"]]} == made


def test_a_certificate_that_was_refused_before_or_has_ended_is_not_listed(
    world: Issuing, api: Client
) -> None:
    archived = created(world, "www.example.com")
    created(world, "www.shop.example.com")
    new_team(world, *SHOP)
    answer = world.stack.admin("certificates_api").send("DELETE", f"{CERTIFICATES}/{archived}")
    assert answer.status == 204, answer.text
    found = previewed(api, ["DNS:**.example.com"])
    assert (found["data"], found["examined"], found["evaluated"]) == ([], 2, 1)


def test_an_issued_certificate_can_be_exempted(world: Issuing, api: Client) -> None:
    world.issued()
    [certificate] = previewed(api, SHOP)["data"]
    assert certificate["exemptible"]


def test_nothing_is_stored(world: Issuing, api: Client) -> None:
    shop = new_team(world)
    before = api.get(f"/api/v1/teams/{shop}").body
    previewed(api, SHOP, shop)
    assert api.get(f"/api/v1/teams/{shop}").body == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"allowed_names": ["DNS:*.*.example.com"]}, "allowed_names.0"),
        ({"allowed_names": SHOP, "per_page": 501}, "per_page"),
        ({"allowed_names": SHOP, "cursor": "eyJhdCI6ICJub25lL3gifQ"}, "query.cursor"),
        ({}, "allowed_names"),
    ],
)
def test_names_that_could_not_be_stored_are_refused(api: Client, body: dict[str, Any], field: str) -> None:
    answer = api.post(path(TEAM), body)
    assert answer.status == 422
    assert [problem["field"] for problem in answer.body["errors"]] == [field]


def test_a_team_that_does_not_exist_is_not_found(api: Client) -> None:
    assert api.post(path("t-none"), {"allowed_names": SHOP}).status == 404


def test_only_who_may_store_names_previews_them(world: Issuing) -> None:
    operator = world.stack.client("catalog_api", world.stack.new_key(Role.OPERATOR, [TEAM]))
    assert operator.post(path(TEAM), {"allowed_names": SHOP}).status == 403
