"""What a CA vouches for, as the API counts it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.authorities.authorities import NewAuthority
from tests.support.catalog.entries import store_teams
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

AUTHORITIES = "/api/v1/authorities"


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def active(world: Issuing) -> str:
    found = world.pki.authorities.active_issuing("iss-local")
    assert found
    return found.ca_id


def uses(world: Issuing, ca_id: str, **query: str) -> Any:
    answer = world.stack.admin("catalog_api").get(f"{AUTHORITIES}/{ca_id}/uses", **query)
    assert answer.status == 200, answer.text
    return answer.body


def test_certificates_and_their_targets_are_counted(world: Issuing) -> None:
    world.issued("a.example.com", target_ids=["tgt-1", "tgt-2"])
    world.issued("b.example.com", target_ids=["tgt-2"])

    found = uses(world, active(world))

    assert (found["certificates"], found["target_ids"], found["next_cursor"]) == (2, ["tgt-1", "tgt-2"], None)


def test_what_no_relying_party_accepts_is_not_counted(world: Issuing) -> None:
    revoked, held = world.issued("a.example.com"), world.issued("b.example.com")
    world.created("pending.example.com", csr_pem=None)
    world.api.post(f"{CERTIFICATES}/{revoked['id']}/revoke", {"reason": "superseded"})
    world.api.post(f"{CERTIFICATES}/{held['id']}/revoke", {"reason": "certificateHold"})

    assert uses(world, active(world))["certificates"] == 1

    world.stack.clock.advance(timedelta(days=366))
    assert uses(world, active(world))["certificates"] == 0


def test_a_certificate_counts_for_the_ca_of_its_current_version(world: Issuing) -> None:
    moved = world.issued("moved.example.com")
    world.issued("stays.example.com")
    old = active(world)
    world.pki.local_issuers().rotate(NewAuthority("iss-local", world.pki.new_key()))
    world.stack.clock.advance(timedelta(minutes=2))

    world.rekeyed(moved["id"])

    assert active(world) != old
    assert uses(world, old)["certificates"] == uses(world, active(world))["certificates"] == 1


def test_the_parts_add_up(world: Issuing) -> None:
    for number in range(3):
        world.issued(f"c{number}.example.com", target_ids=["tgt-1"])

    first = uses(world, active(world), per_page="2")
    second = uses(world, active(world), per_page="2", cursor=first["next_cursor"])

    assert [first["certificates"], second["certificates"]] == [2, 1]
    assert (second["target_ids"], second["next_cursor"]) == (["tgt-1"], None)


def test_a_caller_counts_those_of_their_teams(world: Issuing) -> None:
    world.issued("ours.example.com", team_id="t-ours")
    world.issued("theirs.example.com", team_id="t-theirs")
    store_teams(world.stack.database, world.stack.clock(), "t-ours")
    viewer = world.stack.client("catalog_api", world.stack.new_key(Role.VIEWER, ("t-ours",)))

    assert viewer.get(f"{AUTHORITIES}/{active(world)}/uses").body["certificates"] == 1


def test_an_unknown_ca_is_not_found(world: Issuing) -> None:
    answer = world.stack.admin("catalog_api").get(f"{AUTHORITIES}/ca-nobody/uses")
    assert (answer.status, "There is no such CA." in answer.text) == (404, True)


def test_the_names_of_the_stack_are_for_those_who_change_the_catalog(world: Issuing) -> None:
    path = f"{AUTHORITIES}/{active(world)}"
    viewer = world.stack.client("catalog_api", world.stack.new_key(Role.VIEWER, ("*",)))

    assert world.stack.admin("catalog_api").get(path).body["stack"] == {
        "name": "blue",
        "region": "eu-central-1",
        "is_local": False,
    }
    assert viewer.get(path).body["stack"] is None
