"""Usages and subjects that no profile may have, on each way to save one: by name, by OID, in an edit."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.policies import usages
from tests.support.api.http import Answer, Client
from tests.support.catalog.entries import store_teams
from tests.support.issuing.issuing import Issuing

PROFILES = "/api/v1/profiles"
BODY: dict[str, Any] = {"name": "web", "extended_key_usages": ["serverAuth"], "teams": ["t-web"]}
BY_OID = [*usages._REFUSED, "1.3.6.1.4.1.311.10.3.4", "1.3.6.1.4.1.311.10.3.4.1", "1.3.6.1.4.1.311.10.3.12"]
BY_NAME = [name for names, _ in usages._REFUSED.values() for name in names]
SPELT_OTHERWISE = [
    *(each for name in BY_NAME for each in (name.lower(), name.upper())),
    "1.3.6.1.5.5.7.3.09",
    "1.3.6.1.5.5.7.3.9.",
    " 1.3.6.1.5.5.7.3.9",
    "1.3.6.1.5.5.7.3.9\n",
    "1.3.6.1.5.5.7.3.\uff19",
    "oid:1.3.6.1.5.5.7.3.9",
    "urn:oid:1.3.6.1.5.5.7.3.9",
    "id-kp-OCSPSigning",
    "01.3.6.1.5.5.7.3.9",
    "1..3.6.1.5.5.7.3.9",
    "2.5.29.37.00",
    "",
]
"""What a reader of the profile, or a library, might take for one of them."""


@pytest.fixture
def catalog(world: Issuing) -> Client:
    store_teams(world.stack.database, world.stack.clock(), "t-web")
    return world.stack.client("catalog_api", world.stack.new_key(Role.ADMIN))


def refused(answer: Answer) -> str:
    assert answer.status == 422, answer.text
    return "; ".join(f"{each['field']}: {each['message']}" for each in answer.body["errors"])


@pytest.mark.parametrize("usage", [*BY_OID, *BY_NAME])
def test_a_refused_usage_is_saved_in_no_profile(catalog: Client, usage: str) -> None:
    saved = catalog.post(PROFILES, BODY)
    one = f"{PROFILES}/{saved.body['id']}"

    made = catalog.post(PROFILES, BODY | {"name": "other", "extended_key_usages": [usage]})
    beside = catalog.post(PROFILES, BODY | {"name": "other", "extended_key_usages": ["clientAuth", usage]})
    edited = catalog.put(one, BODY | {"extended_key_usages": [usage]})

    assert saved.status == 201, saved.text
    for answer in (made, beside, edited):
        assert f"{usage} is refused" in refused(answer)
    assert catalog.get(one).body["extended_key_usages"] == ["serverAuth"]
    assert [each["name"] for each in catalog.get(PROFILES).body["data"] if each["name"] == "other"] == []


@pytest.mark.parametrize("usage", SPELT_OTHERWISE, ids=ascii)
def test_no_spelling_of_a_refused_usage_is_saved(catalog: Client, usage: str) -> None:
    assert "extended_key_usages" in refused(catalog.post(PROFILES, BODY | {"extended_key_usages": [usage]}))


def test_every_problem_of_a_profile_is_named_at_once(catalog: Client) -> None:
    body = BODY | {
        "extended_key_usages": ["OCSPSigning", "codeSigning"],
        "subject": {"O": {"fixed": "system:masters"}, "C": {"fixed": "DEU"}},
        "policies": [{"oid": "2.5.29.32.0", "cps_uri": None}],
        "teams": None,
    }

    said = refused(catalog.post(PROFILES, body))

    for part in (
        "OCSPSigning is refused",
        "begins with system:",
        "subject.C",
        "anyPolicy is for CAs",
    ):
        assert part in said
    assert "teams: must name the teams" in said
