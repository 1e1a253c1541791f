"""The summary and the readiness report by HTTP, after a count by maintenance."""

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import Role
from certctl.domain.inventory.census.traits import CertificateTrait
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import CERTIFICATES, INVENTORY, Importer, importer, sent
from tests.support.inventory.made import Maker

SUMMARY, READINESS = f"{INVENTORY}/summary", f"{INVENTORY}/readiness"
WEB, WILDCARD, DB = (
    Maker().leaf("www.example.com"),
    Maker().leaf("*.example.com"),
    Maker().leaf("db.example.com"),
)


@pytest.fixture
def inventory(stack: Deployed) -> Importer:
    """Two certificates of t-web, one of them renewed by certbot; one of t-db."""
    found = importer(stack)
    by_certbot = sent("file:/wild.pem#0", WILDCARD, renewed_by="certbot")
    found.imported(sent("file:/web.pem#0", WEB), by_certbot, name="web-1", team_id="t-web")
    found.imported(sent("file:/db.pem#0", DB), name="db-1", team_id="t-db")
    MaintenanceSchedule(stack.overrides).inventory_census.run(lambda: True)
    return found


def test_before_the_first_count_all_is_zero_and_says_so(stack: Deployed) -> None:
    summary = importer(stack).api.get(SUMMARY).body
    assert (summary["computed_at"], summary["in_use"], summary["trend"]) == (None, 0, [])
    assert importer(stack).api.get(READINESS).body["computed_at"] is None


def test_an_administrator_sees_the_whole_stack_and_each_team(inventory: Importer) -> None:
    whole, of_web = inventory.api.get(SUMMARY).body, inventory.api.get(SUMMARY, team="t-web").body
    assert (whole["in_use"], of_web["in_use"], whole["computed_at"] is not None) == (3, 2, True)
    assert whole["by_status"]["Unmanaged"] == 3
    assert whole["by_issuer"] == [{"name": "CN=Their CA", "certificates": 3}]
    assert [day["in_use"] for day in whole["trend"]] == [3]


def test_a_reader_of_a_team_sees_its_figures_alone(stack: Deployed, inventory: Importer) -> None:
    reader = stack.client("inventory_api", stack.new_key(Role.VIEWER, ["t-db"]))
    assert reader.get(SUMMARY).body["in_use"] == 1
    assert reader.get(READINESS).body["in_use"] == 1
    for path in (SUMMARY, READINESS):
        assert reader.get(path, team="t-web").status == 404
        assert reader.get(path, owner="o-1").status == 404


def test_a_reader_of_two_teams_sees_the_sum(stack: Deployed, inventory: Importer) -> None:
    reader = stack.client("inventory_api", stack.new_key(Role.VIEWER, ["t-db", "t-web"]))
    assert reader.get(SUMMARY).body["in_use"] == 3
    assert reader.get(SUMMARY, team="t-web").body["in_use"] == 2


def test_what_expires_next_is_named_for_each_reader_as_their_list_has_it(
    stack: Deployed, inventory: Importer
) -> None:
    of_db = stack.client("inventory_api", stack.new_key(Role.VIEWER, ["t-db"]))
    for reader, count in ((inventory.api, 3), (of_db, 1)):
        listed = reader.get(CERTIFICATES, expires_before="2030-01-01T00:00:00Z", status="Unmanaged").body[
            "data"
        ]
        wanted = sorted((each["not_after"], each["fingerprint"], each["first_name"]) for each in listed)
        named = reader.get(SUMMARY).body["expiring_next"]
        assert [(each["not_after"], each["fingerprint"], each["name"]) for each in named] == wanted
        assert len(named) == count
    of_web = inventory.api.get(SUMMARY, team="t-web").body["expiring_next"]
    assert sorted((each["name"], each["renewer"]) for each in of_web) == [
        ("*.example.com", "program"),
        ("www.example.com", "nobody"),
    ]


def test_a_team_and_an_owner_at_once_are_refused(inventory: Importer) -> None:
    answer = inventory.api.get(SUMMARY, team="t-web", owner="o-1")
    assert (answer.status, "not both" in answer.text) == (422, True)


def test_each_row_of_the_report_has_what_can_be_done_and_its_list(inventory: Importer) -> None:
    report = inventory.api.get(READINESS).body
    rows = {row["trait"]: row for row in report["rows"]}

    assert [*rows] == [each.value for each in CertificateTrait]
    assert (rows["wildcard"]["program"], rows["wildcard"]["acts"]) == (1, ["check_program"])
    assert rows["expires_in_90_days"]["acts"] == ["check_program", "request"]
    assert [row["limit_days"] for row in report["renewals"]] == [None, 200, 100, 47]
    assert (report["public"], report["unverified"]) == (0, 3)
    for trait, row in rows.items():
        for renewer in ("managed", "program", "nobody"):
            listed = inventory.api.get(CERTIFICATES, trait=trait, renewer=renewer).body["data"]
            assert len(listed) == row[renewer]


def test_the_next_import_is_counted_the_same_day(stack: Deployed, inventory: Importer) -> None:
    inventory.imported(sent("file:/new.pem#0", Maker().leaf("new.example.com")), name="new", team_id="t-web")
    MaintenanceSchedule(stack.overrides).inventory_census.run(lambda: True)
    assert inventory.api.get(SUMMARY).body["in_use"] == 4
