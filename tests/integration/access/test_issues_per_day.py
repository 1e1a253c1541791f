"""How many certificates a service account may request in a day."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import key_of
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def account(world: Issuing, **fields: Any) -> dict[str, Any]:
    grants = [{"role": "operator", "teams": "*"}]
    return CatalogByHttp(world.stack).made(Kind.SERVICE_ACCOUNT, grants=grants, **fields)


def client(world: Issuing, made: dict[str, Any]) -> Client:
    return world.stack.client("certificates_api", key_of(world.stack, made["id"]))


def asked(client: Client, name: str) -> Answer:
    return client.post(CERTIFICATES, {"common_name": name})


def test_an_account_requests_as_many_as_a_day_has_with_all_its_keys(world: Issuing) -> None:
    made = account(world, issues_per_day=2)
    one, other = client(world, made), client(world, made)
    assert asked(one, "bad name").status == 422
    assert [asked(each, f"{n}.example.com").status for n, each in enumerate((one, other))] == [201, 201]
    refused = asked(one, "c.example.com")
    assert (refused.status, int(refused.headers["Retry-After"])) == (429, seconds_left(world))
    assert one.get(CERTIFICATES).body["data"][0]["common_name"] != "c.example.com"
    world.stack.clock.advance(timedelta(days=1))
    assert asked(one, "c.example.com").status == 201


def seconds_left(world: Issuing) -> int:
    now = world.stack.clock()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int((midnight - now).total_seconds())


def test_a_renewal_counts(world: Issuing) -> None:
    made = account(world, issues_per_day=1)
    issued = world.issued()
    renew = f"{CERTIFICATES}/{issued['id']}/renew"
    assert client(world, made).post(renew, {}).status in (200, 201, 202)
    assert asked(client(world, made), "next.example.com").status == 429


def test_the_limit_can_be_taken_away_and_is_in_its_bounds(world: Issuing) -> None:
    made = account(world, issues_per_day=1)
    asked(client(world, made), "a.example.com")
    catalog = CatalogByHttp(world.stack)
    path = catalog.path_of(Kind.SERVICE_ACCOUNT, made)
    body = {name: made[name] for name in ("name", "grants")}
    assert [catalog.admin.put(path, body | {"issues_per_day": n}).status for n in (0, 100_001)] == [422, 422]
    assert catalog.admin.put(path, body).body["issues_per_day"] is None
    assert asked(client(world, made), "b.example.com").status == 201


def test_an_account_with_a_limit_shows_what_it_has_requested_today(world: Issuing) -> None:
    made = account(world, issues_per_day=2)
    path, admin = f"/api/v1/service-accounts/{made['id']}", world.stack.admin("catalog_api")
    assert admin.get(path).body["issues_today"] == 0
    assert [asked(client(world, made), f"{n}.example.com").status for n in range(3)] == [201, 201, 429]
    assert admin.get(path).body["issues_today"] == 2
    world.stack.clock.advance(timedelta(days=1))
    assert admin.get(path).body["issues_today"] == 0


def test_an_account_without_a_limit_shows_no_use_and_neither_does_a_list(world: Issuing) -> None:
    free, limited = account(world), account(world, issues_per_day=2)
    admin = world.stack.admin("catalog_api")
    assert "issues_today" not in admin.get(f"/api/v1/service-accounts/{free['id']}").body
    assert "issues_today" not in limited
    listed = admin.get("/api/v1/service-accounts").body["data"]
    assert not any("issues_today" in each for each in listed)
