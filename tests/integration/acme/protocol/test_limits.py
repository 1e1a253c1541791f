"""Limits per hour, and retries of clients: how a response says when to come back."""

from collections.abc import Iterator

import pytest

from certctl.domain.acme.authorizations import AuthorizationStatus
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.keys import rate_of
from certctl.store.items import StateItem
from certctl.store.writes import put
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.raw import RawAcme, problem
from tests.support.catalog.entries import store_referred
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import Issuing, issuing


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as made:
        store_referred(stack.database, stack.clock(), {"team_id": "t-web", "owner_id": "o-web"})
        yield made


def spend(world: Issuing, subject_id: str, act: str, amount: int) -> None:
    hour = f"{world.stack.clock():%Y-%m-%dT%H}"
    world.stack.database.write(put(StateItem(rate_of(subject_id), f"{act}#{hour}", amount=amount)))


def order_of(client: RawAcme) -> dict[str, list[str]]:
    wanted = {"identifiers": [{"type": "dns", "value": "a.web.example.com"}]}
    response = client.post(client.url("new-order"), wanted)
    assert response.status_code == 201, response.text
    order: dict[str, list[str]] = response.json()
    return order


@pytest.mark.parametrize(("whose", "most"), [("account", 600), ("key", 6000)])
def test_a_challenge_beyond_the_hourly_limit_is_not_validated(world: Issuing, whose: str, most: int) -> None:
    keys = EabKeys(world.stack)
    key = keys.made()
    client = keys.client(key)
    place = order_of(client)["authorizations"][0]
    challenge = client.post(place).json()["challenges"][0]["url"]
    spend(world, client.kid.rpartition("/")[2] if whose == "account" else key.id, "challenges", most)
    response = client.post(challenge, {})
    assert (response.status_code, problem(response)) == (429, "rateLimited")
    assert 1 <= int(response.headers["Retry-After"]) <= 600
    row = AuthorizationStore(world.stack.database).get(place.split("/")[-2], 0)
    assert row is not None
    assert (row.status, row.answered) == (AuthorizationStatus.PENDING, None)


def test_an_order_beyond_the_hourly_limit_is_refused(world: Issuing) -> None:
    keys = EabKeys(world.stack)
    client = keys.client(keys.made())
    spend(world, client.kid.rpartition("/")[2], "orders", 300)
    wanted = {"identifiers": [{"type": "dns", "value": "a.web.example.com"}]}
    response = client.post(client.url("new-order"), wanted)
    assert (response.status_code, problem(response)) == (429, "rateLimited")
    assert response.headers["Replay-Nonce"]


def test_a_revoked_eab_key_has_nothing_new_validated_or_ordered(world: Issuing) -> None:
    keys = EabKeys(world.stack)
    key = keys.made()
    client = keys.client(key)
    place = order_of(client)["authorizations"][0]
    challenge = client.post(place).json()["challenges"][0]["url"]
    keys.change(key, revoked_at=world.stack.clock())
    world.stack.restart()
    wanted = {"identifiers": [{"type": "dns", "value": "a.web.example.com"}]}
    for url, payload in ((challenge, {}), (client.url("new-order"), wanted)):
        response = client.post(url, payload)
        assert (response.status_code, problem(response)) == (403, "unauthorized")
    assert client.post(client.kid).status_code == 200
