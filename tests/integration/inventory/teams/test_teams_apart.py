"""What a team reports changes only what that team sees (docs/inventory.md)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from certctl.crypto.pem import load_certificates
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from tests.support.agents.probing import ENDPOINTS
from tests.support.functions.deployed import Deployed
from tests.support.inventory.two_teams import A, B, TwoTeams
from tests.support.issuing.issuing import issuing
from tests.support.served.private_pki import ders, root

STRANGER = ders(root("Stranger").issue(["www.example.com"]))
HOUR = timedelta(hours=1)


@pytest.fixture
def teams(stack: Deployed) -> Iterator[TwoTeams]:
    with issuing(stack) as world:
        yield TwoTeams(world)


def _chain(teams: TwoTeams, certificate_id: str) -> tuple[bytes, ...]:
    pem = teams.world.api.get(f"/api/v1/certificates/{certificate_id}/export/pem").text
    return ders(*load_certificates(pem))


def test_who_may_only_read_a_certificate_attaches_no_endpoint_to_it(teams: TwoTeams) -> None:
    of_b = teams.world.issued("www.example.com", team_id=B)
    own = teams.endpoint(A, "10.0.0.1").body["id"]
    reader = teams.key(Grant(Role.OPERATOR, (A,)), Grant(Role.VIEWER, (B,)))
    api = teams.stack.client("inventory_api", reader)
    attached = {"certificate_ids": [of_b["id"]], "expected": "version"}

    new = api.post(ENDPOINTS, {"host": "evil.example.net", "team_id": A} | attached)
    changed = api.send("PUT", f"{ENDPOINTS}/{own}/expectation", attached)

    assert [each.status for each in (new, changed)] == [403, 403]
    assert "endpoints:write in the certificate's team" in changed.text
    writer = teams.stack.client("inventory_api", teams.key(Grant(Role.OPERATOR, (A, B))))
    assert writer.send("PUT", f"{ENDPOINTS}/{own}/expectation", attached).status == 200
    stranger = teams.api(A).send("PUT", f"{ENDPOINTS}/{own}/expectation", attached)
    assert stranger.status == 404, "who may not read it does not learn that it exists"


@pytest.mark.parametrize("is_open", [False, True], ids=["no incident", "an incident of another team"])
def test_an_endpoint_alerts_whether_or_not_another_teams_has_opened_the_incident(
    teams: TwoTeams, is_open: bool
) -> None:
    certificate = teams.world.issued("www.example.com", team_id=B)
    theirs = teams.endpoint(A, "10.0.0.1").body["id"]
    both = teams.stack.client("inventory_api", teams.key(Grant(Role.OPERATOR, (A, B))))
    wanted = {"certificate_ids": [certificate["id"]], "expected": "version"}
    assert both.send("PUT", f"{ENDPOINTS}/{theirs}/expectation", wanted).status == 200
    own = teams.endpoint(B, "10.0.0.2", certificate["id"]).body["id"]
    for _ in range(2 if is_open else 0):
        teams.served(A, theirs, *STRANGER)
    before = len(teams.alerts(B, "EndpointProblem"))
    assert before == int(is_open)

    for _ in range(2):
        teams.served(B, own, *STRANGER)

    told = teams.alerts(B, "EndpointProblem")[before:]
    assert [each["action"] for each in told] == ["trigger"]
    assert "10.0.0.2:443" in told[0]["message"]


def test_an_endpoint_that_an_earlier_release_attached_across_teams_is_free_after_its_next_report(
    teams: TwoTeams,
) -> None:
    of_b = teams.world.issued("www.example.com", team_id=B)
    chain = _chain(teams, of_b["id"])
    theirs = teams.endpoint(A, "10.0.0.1").body["id"]
    own = teams.endpoint(B, "10.0.0.2", of_b["id"]).body["id"]
    teams.attached_before(theirs, of_b["id"])
    teams.attached_before(own, of_b["id"])

    for team, endpoint_id in ((A, theirs), (B, own)):
        teams.served(team, endpoint_id, *chain)

    shown = teams.stack.admin("inventory_api")
    assert shown.get(f"{ENDPOINTS}/{theirs}").body["certificate_ids"] == []
    assert shown.get(f"{ENDPOINTS}/{own}").body["certificate_ids"] == [of_b["id"]]
