"""Who reads an observed certificate: its team all of it, teams whose scopes have it its facts and their own
places, others nothing. One rule for each route that shows certificates."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.crypto.inventory.facts import parse
from certctl.domain.access.permissions import Role
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import all_routes
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
_FACTS = ("www.hidden.example.com",)
_SECRETS = ("/hidden/", "hidden-host", "tag-of-web", "o-hidden", "renewed-by-web", "served-by-web")
_OWNERS = "/api/v1/owners"
"""Readers of the catalog see all owners: who they are, and not what is theirs."""
_QUERIES = {
    "/api/v1/certificates": [{"q": "www.hidden"}, {"search": "www.hidden"}],
    CERTIFICATES: [{"q": "www.hidden"}, {"owner": "o-hidden"}, {"renewer": "program"}, {"is_owned": "true"}],
    "/api/v1/notifications/digest-preview": [{"team_id": "t-web"}, {"owner_id": "o-hidden"}],
    f"{INVENTORY}/summary": [{"team": "t-web"}],
    f"{INVENTORY}/readiness": [{"team": "t-web"}],
    "/api/v1/endpoints": [{"has_findings": "true"}, {"team": "t-web"}],
}
"""Queries beside none, by path."""


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


@pytest.fixture
def hidden(stack: Deployed) -> dict[str, str]:
    """Everything that the inventory keeps of the team Web: a certificate with an owner and tags, its place,
    its source, an endpoint, figures, alerts and events. Values are the ids for paths. Another team has the
    certificate as well."""
    catalog, found = stack.admin("catalog_api"), importer(stack)
    catalog.post("/api/v1/teams", {"id": "t-web", "name": "Web"})
    owner = {"id": "o-hidden", "name": "o-hidden", "email": "o-hidden@example.com", "team_id": "t-web"}
    assert catalog.post(_OWNERS, owner).status == 201
    leaf = Maker().leaf("www.hidden.example.com", days=40)
    parsed = parse(leaf)
    place = sent("file:/hidden/web.pem#0", leaf, renewed_by="renewed-by-web")
    import_id = found.begun("hidden-host", "t-web")
    assert found.chunk(import_id, 1, [place]).status == 200
    found.imported(sent(OF_DB, leaf), name="db-1", team_id="t-db")
    belonging = {"owner_id": "o-hidden", "tags": {"app": "tag-of-web"}}
    assert found.api.send("PUT", f"{CERTIFICATES}/{parsed.fingerprint}", belonging).status == 200
    endpoint = {"host": "served-by-web.example.com", "team_id": "t-web"}
    made = found.api.post("/api/v1/endpoints", endpoint).body
    stack.clock.advance(timedelta(days=35))
    maintenance = MaintenanceSchedule(stack.overrides)
    maintenance.inventory_census.run(lambda: True)
    maintenance.observed_alerts.run(lambda: True)
    return {
        "fingerprint": parsed.fingerprint,
        "spki_sha256": parsed.spki_sha256,
        "endpoint_id": str(made["id"]),
        "import_id": import_id,
    }


def _shown(stack: Deployed, team: str, ids: Mapping[str, str]) -> dict[str, set[str]]:
    """What every route that reads shows of the certificate to an operator of a team, by route and query. An
    id of another kind stands for the certificate's."""
    key, shown = stack.new_key(Role.OPERATOR, [team]), {}
    for folder, route in all_routes():
        if route.method != "GET" or route.path == _OWNERS:
            continue
        path = re.sub(r"<(\w+)>", lambda found: ids.get(found[1], ids["fingerprint"]), route.path)
        for query in ({}, *_QUERIES.get(path, [])):
            answer = stack.client(folder, key).get(path, **query)
            assert answer.status != 500, path
            text = answer.text if answer.status == 200 else ""  # a refusal repeats what was asked
            shown[f"{path} {query}"] = {each for each in (*_FACTS, *_SECRETS) if each in text}
    return {asked: found for asked, found in shown.items() if found}


def test_some_route_shows_each_of_it_to_its_team(stack: Deployed, hidden: dict[str, str]) -> None:
    assert set().union(*_shown(stack, "t-web", hidden).values()) == {*_FACTS, *_SECRETS}


def test_no_route_shows_any_of_it_to_a_team_that_has_none(stack: Deployed, hidden: dict[str, str]) -> None:
    assert _shown(stack, "t-other", hidden) == {}


def test_a_team_whose_scope_has_it_is_shown_facts_alone_and_by_routes_of_the_inventory_alone(
    stack: Deployed, hidden: dict[str, str]
) -> None:
    shown = _shown(stack, "t-db", hidden)
    assert set().union(*shown.values()) == {*_FACTS}
    assert {asked.partition(" ")[0] for asked in shown} == {
        CERTIFICATES,
        f"{CERTIFICATES}/{hidden['fingerprint']}",
        f"/api/v1/keys/{hidden['spki_sha256']}",
    }


def test_filters_by_what_is_hidden_do_not_find_it(stack: Deployed, hidden: dict[str, str]) -> None:
    queries = [{"owner": "o-hidden"}, {"renewer": "program"}, {"is_owned": "true"}, {"is_owned": "false"}]
    api = _viewer(stack, "t-db")
    assert [api.get(CERTIFICATES, **each).body["data"] for each in queries] == [[]] * len(queries)


def test_own_places_are_shown_however_many_others_there_are(stack: Deployed) -> None:
    found = importer(stack)
    many = [sent(f"file:/web-{number}.pem#0", LEAF) for number in range(60)]
    found.imported(*many, name="web-1", team_id="t-web")
    found.imported(sent(OF_DB, LEAF), name="db-1", team_id="t-db")
    detail = _viewer(stack, "t-db").get(f"{CERTIFICATES}/{FINGERPRINT}").body
    assert [place["place"] for place in detail["places"]] == [OF_DB]


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
