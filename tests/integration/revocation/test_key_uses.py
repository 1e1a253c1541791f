"""The blast radius of a key: what each caller sees of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from certctl.crypto.fingerprints import spki_sha256
from certctl.domain.access.permissions import Role
from tests.support.agents.agents import AgentsByHttp
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import importer, sent
from tests.support.inventory.made import Maker
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

KEY = new_key()
PATH = f"/api/v1/keys/{spki_sha256(KEY.public_key())}"


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def issued(world: Issuing, name: str = "www.example.com") -> str:
    return str(world.issued(name, csr_pem=csr_pem(name, [], KEY))["id"])


def renewed(world: Issuing, certificate_id: str, name: str = "www.example.com") -> None:
    body = {"csr_pem": csr_pem(name, [], KEY)}
    assert world.api.post(f"{CERTIFICATES}/{certificate_id}/renew", body).status == 202
    world.work()


def test_it_lists_each_record_with_its_versions_and_jobs(world: Issuing) -> None:
    first, other = issued(world), issued(world, "api.example.com")
    renewed(world, first)

    found = world.api.get(PATH).body

    assert (found["refused"], found["next_cursor"]) == (None, None)
    versions = {record["certificate_id"]: record["versions"] for record in found["data"]}
    assert {record: len(each) for record, each in versions.items()} == {first: 2, other: 1}
    assert sorted(version["is_current"] for version in versions[first]) == [False, True]
    jobs = {record["certificate_id"]: record["jobs"] for record in found["data"]}
    assert sorted(job["type"] for job in jobs[first]) == ["Issuance", "Renewal"]
    assert {version["job_id"] for version in versions[first]} == {job["id"] for job in jobs[first]}


def test_versions_stay_listed_after_their_end_and_say_that_they_are_revoked(world: Issuing) -> None:
    certificate_id = issued(world)
    world.api.post(f"{CERTIFICATES}/{certificate_id}/revoke", {"reason": "keyCompromise"})
    world.stack.clock.advance(timedelta(days=400))

    found = world.api.get(PATH).body

    (record,) = found["data"]
    (version,) = record["versions"]
    assert (found["refused"], record["status"]) == ("compromised", "Revoked")
    assert version["revocation_reason"] == "keyCompromise"
    assert version["not_after"] < world.stack.clock().isoformat()


def test_a_key_of_a_certificate_on_hold_is_refused_for_as_long(world: Issuing) -> None:
    certificate_id = issued(world)
    world.api.post(f"{CERTIFICATES}/{certificate_id}/revoke", {"reason": "certificateHold"})
    assert world.api.get(PATH).body["refused"] == "held"
    world.api.post(f"{CERTIFICATES}/{certificate_id}/unhold")
    assert world.api.get(PATH).body["refused"] is None


def test_pages_have_each_version_once(world: Issuing) -> None:
    certificate_id = issued(world)
    for _ in range(2):
        renewed(world, certificate_id)

    serials: list[str] = []
    cursor: str | None = None
    while page := world.api.get(PATH, per_page="1", **({"cursor": cursor} if cursor else {})).body:
        serials += [v["serial_number"] for record in page["data"] for v in record["versions"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(serials) == len(set(serials)) == 3


def test_certificates_that_were_found_with_the_key_follow_the_last_version(world: Issuing) -> None:
    issued(world)
    leaves = [Maker().leaf(name, key=KEY) for name in ("old.example.com", "older.example.com")]
    importer(world.stack).imported(*(sent(f"upload:{n}", leaf) for n, leaf in enumerate(leaves)))

    found, pages, query = list[str](), 0, dict[str, str]()
    while True:
        page = world.api.get(PATH, per_page="1", **query).body
        found += [record["certificate_name"] for record in page["data"]]
        found += [each["first_name"] for each in page["observed"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        query = {"cursor": page["next_cursor"]}

    assert (found[0], sorted(found[1:])) == ("www.example.com", ["old.example.com", "older.example.com"])
    assert pages >= 3


def test_callers_see_the_records_of_their_teams_alone(world: Issuing) -> None:
    issued(world)
    assert len(world.as_role(Role.VIEWER, "t-default").get(PATH).body["data"]) == 1
    hidden = world.as_role(Role.VIEWER, "t-other").get(PATH)
    unknown = world.as_role(Role.VIEWER, "t-other").get(f"/api/v1/keys/{'0' * 64}")
    assert (hidden.status, hidden.body["detail"]) == (404, unknown.body["detail"])


def test_digits_of_either_case_name_a_key_and_nothing_else_does(world: Issuing) -> None:
    issued(world)
    assert world.api.get(PATH.upper().replace("/API/V1/KEYS", "/api/v1/keys")).status == 200
    refused = world.api.get("/api/v1/keys/abc")
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "path.spki_sha256")


def deployed_to(world: Issuing) -> tuple[str, str]:
    """Ids of the target of a certificate with the key, and of the target's agent."""
    agents = AgentsByHttp(world).with_defaults()
    agent = agents.enrolled()
    target_id = agents.target(agent)
    name = "served.example.com"
    body = {"common_name": name, "target_ids": [target_id], "csr_pem": csr_pem(name, [], KEY)}
    assert world.api.post(CERTIFICATES, body).status == 201
    world.work()
    return target_id, agent.id


def test_targets_and_their_agents_are_named(world: Issuing) -> None:
    target_id, agent_id = deployed_to(world)

    (record,) = world.api.get(PATH).body["data"]

    assert [(t["id"], t["agent_id"]) for t in record["targets"]] == [(target_id, agent_id)]
    assert [each["id"] for each in record["agents"]] == [agent_id]


def test_who_may_not_read_the_catalog_is_not_told_whether_there_are_targets(world: Issuing) -> None:
    deployed_to(world)
    wanted = {"name": "limited", "role": "viewer", "teams": "*", "actions": ["certificates:read"]}
    key = world.stack.admin("catalog_api").post("/api/v1/api-keys", wanted).body["key"]

    (record,) = world.stack.client("certificates_api", key).get(PATH).body["data"]

    assert (record["targets"], record["agents"]) == (None, None)
    assert len(record["versions"]) == 1
