"""Profiles with teams, subjects and policies, over HTTP: what is stored, referred to, and refused."""

from datetime import timedelta
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.profiles import MOST_TEAMS, Profile
from tests.support.api.http import Answer, Client
from tests.support.catalog.entries import entry, store_entry, store_teams
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

PROFILES, TEAMS = "/api/v1/profiles", "/api/v1/teams"
POLICY = "1.3.6.1.4.1.32473.2"
PEOPLE: dict[str, Any] = {
    "name": "people",
    "extended_key_usages": ["clientAuth", "1.3.6.1.4.1.32473.1"],
    "teams": ["t-web"],
    "subject": {"O": {"fixed": "Example GmbH"}, "OU": {"allowed": "Pay*|Web"}},
    "policies": [{"oid": POLICY, "cps_uri": "https://example.com/cps"}],
}
CODE: dict[str, Any] = {"name": "code", "extended_key_usages": ["codeSigning"]}


def _catalog(world: Issuing, *teams: str) -> Client:
    store_teams(world.stack.database, world.stack.clock(), "t-web", *teams)
    return world.stack.client("catalog_api", world.stack.new_key(Role.ADMIN))


def _problems(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    return [(error["field"], error["message"]) for error in answer.body["errors"]]


def test_everything_that_a_profile_may_not_have_is_named_at_once(world: Issuing) -> None:
    body = PEOPLE | {
        "extended_key_usages": ["OCSPSigning", "1.3.6.1.5.5.7.3.1", "timeStamping"],
        "teams": None,
        "subject": {"O": {"fixed": "System:Masters"}, "C": {"allowed": "Germany"}},
        "policies": [{"oid": "2.5.29.32.0"}, {"oid": POLICY, "cps_uri": "javascript:alert(1)"}],
    }
    problems = dict(_problems(_catalog(world).post(PROFILES, body)))

    assert set(problems) == {
        *("extended_key_usages", "extended_key_usages.0", "extended_key_usages.1", "teams"),
        *("subject.O.fixed", "subject.C.allowed", "policies.0.oid", "policies.1.cps_uri"),
    }
    assert problems["extended_key_usages.1"] == "1.3.6.1.5.5.7.3.1 is serverAuth: give its name"


def test_a_profile_of_more_than_tls_names_teams_that_exist(world: Issuing) -> None:
    catalog = _catalog(world)
    chosen = {"name": "x", "extended_key_usages": ["serverAuth"], "subject": {"O": {"allowed": "*"}}}
    for body in (CODE, chosen):
        assert [field for field, _ in _problems(catalog.post(PROFILES, body))] == ["teams"]
        assert _problems(catalog.post(PROFILES, body | {"teams": ["t-none"]}))[0][0] == "teams"
        assert catalog.post(PROFILES, body | {"teams": ["t-web"]}).status == 201


def test_a_profile_of_an_earlier_release_goes_on_until_it_is_edited(world: Issuing) -> None:
    catalog = _catalog(world)
    old = entry(Kind.PROFILE, "old", world.stack.clock(), Profile(("codeSigning",)))
    store_entry(world.stack.database, old)

    assert world.api.post(CERTIFICATES, {"common_name": "www.example.com", "profile_id": "old"}).status == 201
    edited = catalog.put(f"{PROFILES}/old", CODE)
    assert [field for field, _ in _problems(edited)] == ["teams"]
    assert catalog.put(f"{PROFILES}/old", CODE | {"teams": ["t-web"]}).status == 200


def test_a_team_that_a_profile_names_is_not_deleted(world: Issuing) -> None:
    catalog = _catalog(world)
    made = catalog.post(PROFILES, PEOPLE).body

    assert catalog.delete(f"{TEAMS}/t-web").status == 409
    assert catalog.delete(f"{PROFILES}/{made['id']}").status == 204
    assert catalog.delete(f"{TEAMS}/t-web").status == 204


def test_a_profile_has_as_many_teams_as_it_may_and_other_ones_later(world: Issuing) -> None:
    """Each is a row of one transaction, and an edit of all deletes and adds them."""
    first, second = ([f"t-{name}-{n}" for n in range(MOST_TEAMS)] for name in ("a", "b"))
    catalog = _catalog(world, *first, *second)

    made = catalog.post(PROFILES, CODE | {"teams": first}).body
    edited = catalog.put(f"{PROFILES}/{made['id']}", CODE | {"teams": second})
    more = catalog.post(PROFILES, CODE | {"name": "more", "teams": [*first, "t-web"]})

    assert edited.body["teams"] == second
    assert more.status == 422
    assert catalog.delete(f"{TEAMS}/{first[0]}").status == 204
    assert catalog.delete(f"{TEAMS}/{second[0]}").status == 409


def test_a_certificate_shows_its_values_and_the_answer_what_was_dropped(world: Issuing) -> None:
    profile = _catalog(world).post(PROFILES, PEOPLE).body["id"]
    world.stack.clock.advance(timedelta(minutes=2))
    body = {
        "common_name": "www.example.com",
        "profile_id": profile,
        "team_id": "t-web",
        "subject": {"OU": "Web"},
        "csr_pem": csr_pem("www.example.com", [], new_key()),
    }
    made = world.api.post(CERTIFICATES, body)
    assert made.status == 201, made.text
    assert made.body["subject"] == {"OU": "Web"}
    assert made.body["ignored_subject"] == []
    refused = world.api.post(CERTIFICATES, body | {"subject": {"OU": "Sales"}})
    assert _problems(refused) == [("subject.OU", "'Sales' is no OU that the profile allows: Pay*|Web")]
