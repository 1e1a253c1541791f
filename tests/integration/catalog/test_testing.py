"""The tests of issuers and targets, a target's certificates, and the permissions of a key."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import GRANTS, Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import IssuerContact
from certctl.domain.times import to_wire
from certctl.services.issuing.health import IssuerHealth
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.store.catalog.records import CatalogStore
from tests.support.agents.fleet import certificate, store_certificates
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import issuing

ACME = {
    "directory_url": "https://acme.example.com/directory",
    "terms_of_service_agreed": True,
    "contacts": ["mailto:pki@example.com"],
}


def checked(catalog: CatalogByHttp, kind: Kind, entry_id: str) -> tuple[bool, dict[str, Any]]:
    """Whether it passed, and its checks by name."""
    answer = catalog.admin.post(f"{PATHS[kind]}/{entry_id}/test")
    assert answer.status == 200, answer.text
    return answer.body["passed"], {check["name"]: check for check in answer.body["checks"]}


def heard_of(catalog: CatalogByHttp, agent_id: str, ago: timedelta) -> None:
    """Stores a heartbeat, as the agent's will be."""
    store, seen = CatalogStore(catalog.stack.database), catalog.stack.clock() - ago
    before = store.get(Kind.AGENT, agent_id)
    assert before is not None
    content = replace(before.content, last_heartbeat_at=seen)
    after = replace(before, content=content, revision=before.revision + 1)
    catalog.stack.database.transact(store.replace_steps(before, after))


def noting(stack: Deployed) -> IssuerHealth:
    """The health that external_issuer_worker records."""
    return IssuerHealth(IssuerContactStore(stack.database), stack.clock)


def test_the_local_ca_passes_once_its_crl_is_open(stack: Deployed) -> None:
    with issuing(stack):
        catalog = CatalogByHttp(stack).with_defaults()
        passed, checks = checked(catalog, Kind.ISSUER, "iss-local")
    assert passed
    assert "ends at" in checks["ca_certificate"]["detail"]
    assert checks["crl_shard"]["detail"] == "1 open"


def test_an_issuer_without_a_ca_says_so(catalog: CatalogByHttp) -> None:
    passed, checks = checked(catalog, Kind.ISSUER, catalog.made(Kind.ISSUER)["id"])
    assert not passed
    assert "no active CA certificate" in checks["ca_certificate"]["detail"]


def test_an_issuer_shows_when_its_server_responded_and_when_it_did_not(catalog: CatalogByHttp) -> None:
    issuer, clock = catalog.made(Kind.ISSUER, type="ACME", config=ACME), catalog.stack.clock
    contacts, first = noting(catalog.stack), to_wire(clock())
    contacts.record(issuer["id"], None)
    clock.advance(timedelta(minutes=2))
    contacts.record(issuer["id"], "HTTP 503 of https://acme.example.com/order?token=s3cret\n(busy)")
    told = {"succeeded_at": first, "failed_at": to_wire(clock()), "error": "HTTP 503 of (URL) (busy)"}

    path = catalog.path_of(Kind.ISSUER, issuer)
    edited = catalog.admin.put(path, {"name": "other", "type": "ACME", "config": ACME})
    listed = catalog.admin.get(PATHS[Kind.ISSUER], type="ACME").body["data"]
    shown = [catalog.admin.get(path).body, edited.body, *listed]
    assert [record["last_contact"] for record in shown] == [told] * 3


def test_an_issuer_that_stays_as_it_is_is_put_down_once_a_minute(stack: Deployed) -> None:
    stack.clock.time = first = stack.clock().replace(microsecond=0)
    contacts, store = noting(stack), IssuerContactStore(stack.database)
    contacts.record("iss-acme", None)
    stack.clock.advance(timedelta(seconds=59))
    contacts.record("iss-acme", None)
    kept = store.get("iss-acme")
    stack.clock.advance(timedelta(seconds=1))
    contacts.record("iss-acme", None)

    assert kept == IssuerContact(succeeded_at=first)
    assert store.get("iss-acme") == IssuerContact(succeeded_at=stack.clock())


def test_a_contact_that_cannot_be_put_down_stops_nobody(
    stack: Deployed, caplog: pytest.LogCaptureFixture
) -> None:
    stack.database.client.delete_table(TableName="state")

    noting(stack).record("iss-acme", None)

    assert "an issuer's contact was not recorded" in caplog.text


def test_a_ca_near_its_end_says_until_when_it_is_to_be_rotated(stack: Deployed) -> None:
    with issuing(stack) as control:
        catalog = CatalogByHttp(stack).with_defaults()
        ca = control.pki.authorities.active_issuing("iss-local")
        assert ca is not None
        _, early = checked(catalog, Kind.ISSUER, "iss-local")
        stack.clock.time = ca.not_after - timedelta(days=399)
        passed, checks = checked(catalog, Kind.ISSUER, "iss-local")

    due, late = (to_wire(ca.not_after - timedelta(days=days)) for days in (400, 200))
    assert early["rotation"] == {"name": "rotation", "passed": True, "detail": f"is due at {due}"}
    wanted = f"is due, by {late}: a certificate of 200 days that begins later would outlive {ca.ca_id}"
    assert (passed, checks["rotation"]["detail"]) == (False, wanted)


def test_a_target_without_an_agent_says_so(catalog: CatalogByHttp) -> None:
    passed, checks = checked(catalog, Kind.TARGET, catalog.made(Kind.TARGET)["id"])
    assert (passed, checks["agent"]["detail"]) == (False, "the target names no agent")


@pytest.mark.parametrize(
    ("seconds", "status"), [(59, "Online"), (119, "Degraded"), (121, "Offline"), (3600, "Offline")]
)
def test_a_target_is_as_its_agent_is(catalog: CatalogByHttp, seconds: int, status: str) -> None:
    agent = catalog.made(Kind.AGENT)
    target = catalog.made(Kind.TARGET, agent_id=agent["id"])
    heard_of(catalog, agent["id"], timedelta(seconds=seconds))
    passed, checks = checked(catalog, Kind.TARGET, target["id"])
    assert passed == (status != "Offline")
    assert checks["agent_online"]["detail"].startswith(f"{status}, last contact at ")
    assert catalog.admin.get(catalog.path_of(Kind.AGENT, agent)).body["status"] == status


def test_certificates_of_a_target_are_listed_page_by_page(catalog: CatalogByHttp) -> None:
    target, ids = catalog.made(Kind.TARGET), ["mc-1", "mc-2", "mc-3"]
    _map(catalog, target["id"], ids)
    path = f"{catalog.path_of(Kind.TARGET, target)}/certificates"
    first = catalog.admin.get(path, per_page="2").body
    rest = catalog.admin.get(path, per_page="2", cursor=first["next_cursor"]).body
    assert [c["id"] for c in first["data"] + rest["data"]] == ids
    assert rest["next_cursor"] is None


def test_certificates_of_other_teams_on_a_target_are_not_listed(catalog: CatalogByHttp) -> None:
    catalog.made(Kind.TEAM, id="t-own")
    target = catalog.made(Kind.TARGET, team_id="t-own")
    _map(catalog, target["id"], ["mc-own"], team_id="t-own")
    _map(catalog, target["id"], ["mc-other"])
    path = f"{catalog.path_of(Kind.TARGET, target)}/certificates"
    listed = catalog.of_team("t-own", role=Role.VIEWER).get(path).body["data"]
    assert [c["id"] for c in listed] == ["mc-own"]
    assert catalog.of_team("t-third", role=Role.VIEWER).get(path).status == 404


def _map(catalog: CatalogByHttp, target_id: str, ids: list[str], **fields: Any) -> None:
    database, store = catalog.stack.database, CatalogStore(catalog.stack.database)
    store_certificates(database, [certificate(i, catalog.stack.clock(), **fields) for i in ids])
    database.transact([store.refer_step(Kind.TARGET, target_id, f"certificate#{i}") for i in ids])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AGENT])
def test_a_key_learns_what_it_may_do(stack: Deployed, role: Role) -> None:
    text, key_id = stack.new_key_and_id(role, ["t-1"], owner_id="o-1")
    own = stack.client("catalog_api", text).get("/api/v1/api-keys/self")
    assert own.status == 200
    assert (own.body["id"], own.body["role"], own.body["teams"]) == (key_id, role, ["t-1"])
    granted = {grant["permission"]: grant["scope"] for grant in own.body["permissions"]}
    assert granted == {p.value: scope.value for p, scope in GRANTS[role].items()}


def test_a_contact_with_half_of_a_character_is_refused(catalog: CatalogByHttp) -> None:
    config = {**ACME, "contacts": ["mailto:\ud800@example.com"]}
    body = a_body(Kind.ISSUER, type="ACME", config=config)
    refused = catalog.admin.post(PATHS[Kind.ISSUER], json.dumps(body))
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "body")
