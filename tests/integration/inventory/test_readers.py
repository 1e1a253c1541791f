"""Who reads an observed certificate: its team all of it, teams whose scopes have it its facts and their own
places, others nothing. One rule for each route that shows certificates."""

import json
from datetime import timedelta

import pytest

from certctl.crypto.inventory.facts import parse
from certctl.domain.access.permissions import Role
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import CERTIFICATES, INVENTORY, Importer, importer, sent
from tests.support.inventory.made import Maker
from tests.support.template import ROOT

LEAF = Maker().leaf("www.example.com")
FINGERPRINT = parse(LEAF).fingerprint
OF_WEB, OF_DB = "file:/web.pem#0", "file:/db.pem#0"
_BY_KEY = "list_key_uses"
_READS = {
    "list_observed_certificates": (CERTIFICATES, {}),
    "list_observed_certificates by name": (CERTIFICATES, {"q": "example.com"}),
    "list_observed_certificates by status": (CERTIFICATES, {"status": "Unmanaged"}),
    "list_observed_certificates by team": (CERTIFICATES, {"team": "t-web", "status": "Unmanaged"}),
    "get_observed_certificate": (f"{CERTIFICATES}/{FINGERPRINT}", {}),
    "list_places_of_observed_certificate": (f"{CERTIFICATES}/{FINGERPRINT}/places", {}),
    "list_inventory_sources": (f"{INVENTORY}/sources", {}),
    _BY_KEY: (f"/api/v1/keys/{parse(LEAF).spki_sha256}", {}),
}
_OTHER_READS = {"get_import", "get_inventory_summary", "get_inventory_readiness"}
"""The caller's own imports; figures, which test_summaries.py holds."""


@pytest.fixture
def inventory(stack: Deployed) -> Importer:
    """A certificate of t-web that t-db has as well."""
    found = importer(stack)
    found.imported(sent(OF_WEB, LEAF), name="web-1", team_id="t-web")
    found.imported(sent(OF_DB, LEAF), name="db-1", team_id="t-db")
    return found


def _viewer(stack: Deployed, team: str, name: str = "") -> Client:
    function = "certificates_api" if name == _BY_KEY else "inventory_api"
    return stack.client(function, stack.new_key(Role.VIEWER, [team]))


def test_every_read_of_the_inventory_is_in_this_test() -> None:
    document = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    reads = {
        operations["get"]["operationId"]
        for path, operations in document["paths"].items()
        if (path.startswith(INVENTORY) or path.startswith("/api/v1/keys/")) and "get" in operations
    }
    assert reads == {name.partition(" ")[0] for name in _READS} | _OTHER_READS


@pytest.mark.parametrize("name", _READS)
def test_a_team_without_the_certificate_sees_nothing_of_it(
    stack: Deployed, inventory: Importer, name: str
) -> None:
    path, query = _READS[name]
    answer = _viewer(stack, "t-other", name).get(path, **query)
    assert answer.status == 404 or answer.body["data"] == []
    for hidden in ("www.example.com", "t-web", "t-db", OF_WEB, OF_DB):
        assert hidden not in answer.text


@pytest.mark.parametrize("name", _READS)
def test_a_team_whose_scope_has_it_sees_no_place_of_another_team(
    stack: Deployed, inventory: Importer, name: str
) -> None:
    path, query = _READS[name]
    text = _viewer(stack, "t-db", name).get(path, **query).text
    assert OF_WEB not in text
    assert "web-1" not in text


def test_a_team_whose_scope_has_it_sees_facts_its_own_place_and_count(
    stack: Deployed, inventory: Importer
) -> None:
    (seen,) = _viewer(stack, "t-db").get(CERTIFICATES).body["data"]
    assert (seen["first_name"], seen["sightings"], seen["owner_id"]) == ("www.example.com", 1, None)
    detail = _viewer(stack, "t-db").get(f"{CERTIFICATES}/{FINGERPRINT}").body
    assert [place["place"] for place in detail["places"]] == [OF_DB]


def test_the_team_of_the_certificate_sees_all_places(stack: Deployed, inventory: Importer) -> None:
    viewer = _viewer(stack, "t-web")
    places = viewer.get(f"{CERTIFICATES}/{FINGERPRINT}/places").body["data"]
    assert {place["place"] for place in places} == {OF_WEB, OF_DB}
    assert viewer.get(CERTIFICATES).body["data"][0]["sightings"] == 2


def test_a_key_shows_each_team_the_facts_and_the_number_of_its_own_places(
    stack: Deployed, inventory: Importer
) -> None:
    path, _ = _READS[_BY_KEY]
    places = {team: _viewer(stack, team, _BY_KEY).get(path).body["observed"] for team in ("t-web", "t-db")}
    assert {team: [each["sightings"] for each in found] for team, found in places.items()} == {
        "t-web": [2],
        "t-db": [1],
    }
    assert {each["first_name"] for found in places.values() for each in found} == {"www.example.com"}


def test_who_may_not_read_the_inventory_sees_nothing_of_it_by_a_key(
    stack: Deployed, inventory: Importer
) -> None:
    path, _ = _READS[_BY_KEY]
    wanted = {"name": "x", "role": "viewer", "teams": ["t-web"], "actions": ["certificates:read"]}
    limited = stack.admin("catalog_api").post("/api/v1/api-keys", wanted).body["key"]
    assert stack.client("certificates_api", limited).get(path).status == 404


def test_a_scope_is_silent_once_no_report_came_for_three_intervals(stack: Deployed) -> None:
    api = stack.admin("inventory_api")
    api.post("/api/v1/endpoints", {"host": "www.example.com", "team_id": "t-web"})

    def silent() -> list[bool]:
        (source,) = api.get(f"{INVENTORY}/sources").body["data"]
        return [scope["is_silent"] for scope in source["scopes"]]

    assert silent() == [False]
    stack.clock.advance(timedelta(hours=4))
    assert silent() == [True]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_reads_imports_nothing(stack: Deployed, role: Role) -> None:
    reader = stack.client("inventory_api", stack.new_key(role))
    assert reader.post(f"{INVENTORY}/imports", {"name": "x"}).status == 403


def test_an_operator_imports_for_no_other_team(stack: Deployed) -> None:
    operator = stack.client("inventory_api", stack.new_key(Role.OPERATOR, ["t-web"]))
    answer = operator.post(f"{INVENTORY}/imports", {"name": "x", "team_id": "t-db"})
    assert answer.status == 404
