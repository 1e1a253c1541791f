"""Search over HTTP, from the request that creates a certificate."""

from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import Role
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing


def _search(world: Issuing, typed: str) -> Any:
    answer = world.api.get(CERTIFICATES, search=typed)
    assert answer.status == 200, answer.text
    return answer.body


def _ids(world: Issuing, typed: str) -> list[str]:
    return [record["id"] for record in _search(world, typed)["data"]]


def test_a_new_certificate_is_found_at_once(world: Issuing) -> None:
    made = world.created("sso.example.com", id="idp", name="Single sign-on", tags={"cost": "42"}).body
    assert made["status"] == "Pending"
    for typed in ("sso", "exam", "idp", "sign-on", "cost=4"):
        assert _ids(world, typed) == ["idp"]


def test_every_version_is_found_by_its_serial_and_fingerprint(world: Issuing) -> None:
    first = world.issued("www.example.com", id="www")
    second = world.rekeyed("www")
    assert first["serial_number"] != second["serial_number"]
    for version in world.api.get(f"{CERTIFICATES}/www/versions").body["data"]:
        serial, print_ = version["serial_number"], version["fingerprint_sha256"]
        colons = ":".join(serial[i : i + 2] for i in range(0, len(serial), 2)).upper()
        assert [_ids(world, typed) for typed in (serial, colons, print_, print_[:8])] == [["www"]] * 4


def test_an_edit_is_searched_at_once(world: Issuing) -> None:
    world.created("www.example.com", id="www", name="Alpha")
    edited = world.api.put(f"{CERTIFICATES}/www", {"name": "Beta", "tags": {"tier": "gold"}})
    assert edited.status == 200, edited.text
    assert [_ids(world, typed) for typed in ("alpha", "beta", "tier")] == [[], ["www"], ["www"]]


def test_a_certificate_with_as_many_names_as_may_be_is_found_by_the_last(world: Issuing) -> None:
    names = [f"n{n}.a.b.c.example.com" for n in range(80)]
    request = csr_pem(names[0], [f"DNS:{name}" for name in names], new_key())
    targets = [f"t-{n}" for n in range(10)]
    tags = {f"tag-{n}": "x" for n in range(50)}
    world.created(names[0], id="many", sans=names, csr_pem=request, target_ids=targets, tags=tags)
    assert [_ids(world, typed) for typed in ("n79", "a.b.c", "tag-49")] == [["many"]] * 3
    renamed = {f"other-{n}": "y" for n in range(50)}
    edited = world.api.put(f"{CERTIFICATES}/many", {"tags": renamed, "target_ids": []})
    assert edited.status == 200, edited.text
    assert [_ids(world, typed) for typed in ("tag-49", "other-49")] == [[], ["many"]]


def test_a_search_is_incomplete_until_the_schedule_has_looked(world: Issuing) -> None:
    assert _search(world, "sso") == {
        **{"data": [], "next_cursor": None, "per_page": 50, "incomplete": True},
        "hint": _search(world, "sso")["hint"],
    }
    MaintenanceSchedule(world.stack.overrides).search_backfill.run(lambda: True)
    assert "incomplete" not in _search(world, "sso")


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ({"search": "x"}, "Type 2 characters"),
        ({"search": "nothing"}, "No name begins like this"),
        ({"name": "ss"}, "No certificate is in"),
    ],
)
def test_where_nothing_is_found_a_hint_says_what_can_be_sought(
    world: Issuing, query: dict[str, str], hint: str
) -> None:
    assert world.api.get(CERTIFICATES, **query).body["hint"].startswith(hint)


@pytest.mark.parametrize(
    "typed", ["Ünï", "\x00\x1b", "🔥" * 20, "a" * 300, "*", "%", "%zz", "\N{REPLACEMENT CHARACTER}"]
)
def test_odd_input_finds_nothing(world: Issuing, typed: str) -> None:
    assert _search(world, typed)["data"] == []


def test_a_search_reaches_no_other_team(world: Issuing) -> None:
    world.created("sso.example.com", id="ours", team_id="t-ours")
    viewer = world.as_role(Role.VIEWER, "t-theirs")
    for typed in ("sso", "ours"):
        assert viewer.get(CERTIFICATES, search=typed).body["data"] == []


def test_a_search_in_an_order_is_refused(world: Issuing) -> None:
    assert world.api.get(CERTIFICATES, search="sso", sort="created_at").status == 422
