"""What the tests of issuers and targets say, which certificates a target has, and what a key may do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl import bootstrap
from certctl.domain.catalog import Kind
from certctl.domain.permissions import GRANTS, Role
from tests.support.catalog import PATHS, CatalogByHttp
from tests.support.deployed import Deployed
from tests.support.fleet import certificate, store_certificates
from tests.support.issuing import issuing

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
    """As the agent's heartbeat will write it."""
    store, seen = bootstrap.catalog_store(), catalog.stack.clock() - ago
    before = store.get(Kind.AGENT, agent_id)
    assert before is not None
    content = replace(before.content, last_heartbeat_at=seen)
    after = replace(before, content=content, revision=before.revision + 1)
    catalog.stack.database.transact(store.replace_steps(before, after))


def test_the_local_ca_passes_once_its_crl_is_open(stack: Deployed) -> None:
    with issuing(stack):
        catalog = CatalogByHttp(stack).with_defaults()
        passed, checks = checked(catalog, Kind.ISSUER, "iss-local")
    assert passed
    assert "ends at" in checks["ca_certificate"]["detail"]
    assert checks["crl_shard"]["detail"] == "open: 0"


def test_an_issuer_without_a_ca_says_so(catalog: CatalogByHttp) -> None:
    passed, checks = checked(catalog, Kind.ISSUER, catalog.made(Kind.ISSUER)["id"])
    assert not passed
    assert "no active CA certificate" in checks["ca_certificate"]["detail"]


def test_an_acme_issuer_is_not_called_by_the_api(catalog: CatalogByHttp) -> None:
    issuer = catalog.made(Kind.ISSUER, type="ACME", config=ACME)
    passed, checks = checked(catalog, Kind.ISSUER, issuer["id"])
    assert passed
    assert "the jobs that wait for it say" in checks["configuration"]["detail"]


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
    assert checks["agent_online"]["detail"].startswith(f"{status}, last heard of at ")
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
    database, store = catalog.stack.database, bootstrap.catalog_store()
    store_certificates(database, [certificate(i, catalog.stack.clock(), **fields) for i in ids])
    database.transact([store.refer_step(Kind.TARGET, target_id, f"certificate#{i}") for i in ids])


@pytest.mark.parametrize("role", Role)
def test_a_key_learns_what_it_may_do(stack: Deployed, role: Role) -> None:
    text, key_id = stack.new_key_and_id(role, ["t-1"], owner_id="o-1")
    own = stack.client("catalog_api", text).get("/api/v1/api-keys/self")
    assert own.status == 200
    assert (own.body["id"], own.body["role"], own.body["teams"]) == (key_id, role, ["t-1"])
    granted = {grant["permission"]: grant["scope"] for grant in own.body["permissions"]}
    assert granted == {p.value: scope.value for p, scope in GRANTS[role].items()}
