"""The checks of every route before its handler, and the parts of every response."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.services.access.api_keys import ApiKeys
from certctl.services.audit.api_calls import SAMPLES_PER_PROCESS, SAMPLES_PER_SOURCE
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.audit.events import AuditStore
from tests.support.api.http import Answer, Client
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import all_routes

KEYS = "/api/v1/api-keys"


def calls(stack: Deployed, **wanted: str) -> list[dict[str, Any]]:
    """API calls in the trail but those that read it."""
    query = {"resource_type": "api", "per_page": "500"} | wanted
    events = stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    return [event for event in events if event["resource_id"] != "/api/v1/audit"]


def is_problem(answer: Answer, status: int) -> bool:
    return (
        answer.status == answer.body["status"] == status
        and answer.headers["Content-Type"] == "application/problem+json"
        and answer.headers["X-Request-ID"] == answer.body["request_id"]
        and {"type", "title", "detail"} <= answer.body.keys()
    )


def test_refusals_are_problem_documents_with_the_request_id(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    viewer = stack.client("insights_api", stack.new_key(Role.VIEWER, ["t-1"]))
    assert is_problem(stack.client("catalog_api").get(KEYS), 401)
    assert is_problem(stack.client("catalog_api", "certctl_" + "a" * 43).get(KEYS), 401)
    assert is_problem(viewer.get("/api/v1/audit"), 403)
    assert is_problem(admin.get(f"{KEYS}/key-none"), 404)
    assert is_problem(admin.get(f"{KEYS}/key-1/unknown"), 404)
    assert is_problem(admin.send("PATCH", KEYS), 405)
    assert is_problem(admin.post(KEYS, b"a" * (2 << 20)), 413)
    assert is_problem(admin.post(KEYS, "{"), 400)
    assert is_problem(admin.post(KEYS, b"\xff"), 400)
    assert is_problem(admin.post(KEYS, "[]"), 422)
    assert is_problem(admin.post(KEYS), 422)
    assert is_problem(admin.get(KEYS, per_page="0"), 422)
    assert is_problem(admin.get(KEYS, per_page="501"), 422)
    assert is_problem(admin.get(KEYS, per_page="ten"), 422)
    assert is_problem(admin.get(KEYS, cursor="garbage"), 422)


def test_without_a_key_nobody_learns_what_a_route_takes(stack: Deployed) -> None:
    assert stack.client("catalog_api").post(KEYS, "{").status == 401
    assert stack.client("catalog_api").get(KEYS, per_page="0").status == 401


@pytest.mark.parametrize("name", ["certificate_id", "channel", "cursor"])
def test_a_filter_that_is_empty_is_refused(stack: Deployed, name: str) -> None:
    answer = stack.admin("notifications_api").get("/api/v1/notifications", **{name: ""})

    assert is_problem(answer, 422)
    assert answer.body["errors"][0]["field"] == f"query.{name}"


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("certificates_api", "/api/v1/certificates/"),
        ("catalog_api", "/api/v1/teams/"),
        ("public_api", "/.well-known/acme-challenge/"),
    ],
)
def test_an_id_that_no_key_of_the_database_could_hold_is_not_there(
    stack: Deployed, folder: str, path: str
) -> None:
    assert is_problem(stack.admin(folder).get(path + "a" * 3000), 404)


def test_a_misspelt_parameter_is_refused_with_the_valid_ones(stack: Deployed) -> None:
    answer = stack.admin("catalog_api").get(KEYS, perpage="10")
    assert is_problem(answer, 422)
    (problem,) = answer.body["errors"]
    assert problem["field"] == "query.perpage"
    assert "per_page" in problem["message"]


def test_a_field_that_does_not_exist_is_refused_by_name(stack: Deployed) -> None:
    answer = stack.admin("catalog_api").post(KEYS, {"name": "Wall", "role": "viewer", "teem": "*"})
    assert is_problem(answer, 422)
    assert {"field": "teem", "message": "There is no such field."} in answer.body["errors"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "certctl_" + "a" * 43, "Bearer é"])
def test_a_header_that_holds_no_key_is_401(stack: Deployed, header: str) -> None:
    answer = Client(stack.client("catalog_api").handler).send("GET", KEYS, headers={"Authorization": header})
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_405_names_the_methods_that_the_path_takes(stack: Deployed) -> None:
    assert stack.admin("catalog_api").send("PATCH", KEYS).headers["Allow"] == "GET, HEAD, POST"


def test_an_unknown_error_is_a_blank_500(stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("the password is 1234")

    admin = stack.admin("catalog_api")
    monkeypatch.setattr(ApiKeys, "page", broken)
    answer = admin.get(KEYS)
    assert is_problem(answer, 500)
    assert "1234" not in answer.text


def test_a_call_is_recorded_with_all_its_facts(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.OPERATOR, ["t-1"])
    body = '{"name":"x","role":"viewer"}'
    answer = stack.client("catalog_api", text).post(KEYS, body)
    [event] = calls(stack, actor=key_id)
    details = event["details"]
    assert details.pop("latency_ms") >= 0
    assert details == {
        "method": "POST",
        "path": KEYS,
        "body_hash": hashlib.sha256(body.encode()).hexdigest(),
        "status": 201,
        "role": "operator",
        "source_ip": "198.51.100.7",
        "user_agent": "tests/1",
        "credential": {"id": key_id, "kind": "key"},
        "request_id": answer.headers["X-Request-ID"],
    }
    assert (event["action"], event["resource_id"], event["team_id"]) == ("api_post", KEYS, "t-1")


def test_refusals_are_recorded_too(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.VIEWER, ["t-1"])
    stack.client("insights_api", text).get("/api/v1/stats-unknown")
    stack.client("catalog_api", text).post(KEYS, "{")
    stack.client("catalog_api").get(KEYS)
    assert sorted(event["details"]["status"] for event in calls(stack, actor=key_id)) == [400, 404]
    assert [event["details"]["status"] for event in calls(stack, actor="anonymous")] == [401]


def test_a_flood_without_a_key_buys_a_bounded_number_of_rows(stack: Deployed) -> None:
    for _ in range(SAMPLES_PER_SOURCE + 10):
        stack.client("catalog_api").get(KEYS)
    for _ in range(3):
        stack.client("public_api").send("GET", "/api/v1/nothing", source_ip="203.0.113.9")
    recorded = [event["details"]["source_ip"] for event in calls(stack, actor="anonymous")]
    assert recorded.count("198.51.100.7") == SAMPLES_PER_SOURCE
    assert recorded.count("203.0.113.9") == 3


@pytest.mark.slow
def test_a_flood_from_many_sources_is_bounded_too(stack: Deployed) -> None:
    anonymous = stack.client("catalog_api")
    for n in range(SAMPLES_PER_PROCESS + 20):
        anonymous.send("GET", KEYS, source_ip=f"2001:db8:0:{n:x}::1")
    assert len(calls(stack, actor="anonymous")) == SAMPLES_PER_PROCESS


def test_one_ipv6_network_is_one_source(stack: Deployed) -> None:
    for n in range(SAMPLES_PER_SOURCE + 5):
        stack.client("catalog_api").send("GET", KEYS, source_ip=f"2001:db8::{n:x}")
    assert len(calls(stack, actor="anonymous")) == SAMPLES_PER_SOURCE


def test_an_audit_row_that_cannot_be_written_changes_no_answer(
    stack: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = stack.admin("catalog_api")
    monkeypatch.setattr(AuditStore, "append", lambda *_: 1 / 0)
    assert admin.get(KEYS).status == 200


def test_a_key_revoked_elsewhere_works_15_seconds_at_most(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.AUDITOR)
    auditor = stack.client("insights_api", text)
    assert auditor.get("/api/v1/audit").status == 200
    key = ApiKeyStore(stack.database).get(key_id)
    assert key is not None
    stack.database.transact(ApiKeyStore(stack.database).revoke_steps(key, stack.clock()))
    assert auditor.get("/api/v1/audit").status == 200
    stack.clock.advance(timedelta(seconds=15))
    assert auditor.get("/api/v1/audit").status == 401


def revoked_elsewhere(stack: Deployed, role: Role) -> str:
    """A key that this process has just found good."""
    text, key_id = stack.new_key_and_id(role)
    assert stack.client("insights_api", text).get("/api/v1/stats/summary").status == 200
    key = ApiKeyStore(stack.database).get(key_id)
    assert key is not None
    stack.database.transact(ApiKeyStore(stack.database).revoke_steps(key, stack.clock()))
    return text


@pytest.mark.parametrize("path", [f"{KEYS}", "/api/v1/audit/export"])
def test_the_reads_of_keys_and_of_whole_trails_never_use_the_cache(stack: Deployed, path: str) -> None:
    text = revoked_elsewhere(stack, Role.AUDITOR)
    folder = "catalog_api" if path == KEYS else "insights_api"

    assert stack.client(folder, text).get(path).status == 401


WRITES = [(folder, route) for folder, route in all_routes() if route.method != "GET" and route.permission]


def test_no_write_uses_the_cache(stack: Deployed) -> None:
    text = revoked_elsewhere(stack, Role.ADMIN)

    answered = {
        (route.method, route.path): stack.client(folder, text).send(route.method, route.path).status
        for folder, route in WRITES
    }

    assert {call: status for call, status in answered.items() if status != 401} == {}
