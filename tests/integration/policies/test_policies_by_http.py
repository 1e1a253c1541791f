"""Enforcement of policies over HTTP: each type refuses or allows a change, and records the violation."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.policy_types import PolicyType
from certctl.store.catalog.records import CatalogStore
from certctl.store.notifications.items import NotificationItem
from tests.support.api.http import Answer
from tests.support.aws.policy_documents import BREAKING
from tests.support.catalog.entries import a_policy, store_entry
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, bodies

VIOLATIONS = "/api/v1/violations"


def rule(
    world: Issuing, kind: PolicyType, severity: str = "Error", policy_id: str = "pol-1", **config: Any
) -> None:
    """In force at once: clears the process's catalog cache."""
    policy = a_policy(policy_id, kind, world.stack.clock(), severity, **config)
    store_entry(world.stack.database, policy)
    world.stack.restart()


def asked(world: Issuing, **fields: Any) -> Answer:
    return world.api.post(CERTIFICATES, {"common_name": "www.example.com"} | fields)


def violations(world: Issuing, path: str = VIOLATIONS) -> list[Any]:
    answer = world.stack.admin("catalog_api").get(path)
    assert answer.status == 200, answer.text
    data: list[Any] = answer.body["data"]
    return data


def told(world: Issuing) -> list[tuple[str, str]]:
    rows = [NotificationItem.get(nudge["id"]) for nudge in bodies("notifications")]
    return [(row.type, row.severity) for row in rows]


@pytest.mark.parametrize("kind", PolicyType)
def test_a_rule_of_each_type_refuses_says_why_and_records_it(world: Issuing, kind: PolicyType) -> None:
    rule(world, kind, **BREAKING[kind])

    answer = asked(world)

    assert answer.status == 422, answer.text
    assert answer.body["type"] == "urn:certctl:problem:policy-refused"
    assert "pol-1" in answer.body["detail"]
    assert {error["field"] for error in answer.body["errors"]} == {"policies.pol-1"}
    assert all(error["message"].startswith("pol-1 (Error): ") for error in answer.body["errors"])
    assert world.api.get(CERTIFICATES).body["data"] == []
    (violation,) = violations(world)
    assert (violation["policy_id"], violation["severity"], violation["refused"]) == ("pol-1", "Error", True)
    assert (violation["certificate_id"], violation["common_name"]) == (None, "www.example.com")
    told_reasons = [error["message"].removeprefix("pol-1 (Error): ") for error in answer.body["errors"]]
    assert violation["message"] == "; ".join(told_reasons)
    assert violations(world, "/api/v1/policies/pol-1/violations") == [violation]


@pytest.mark.parametrize("kind", PolicyType)
def test_a_warning_of_each_type_allows_the_change_and_records_it(world: Issuing, kind: PolicyType) -> None:
    rule(world, kind, "Warning", **BREAKING[kind])

    answer = asked(world)

    assert answer.status == 201, answer.text
    (violation,) = violations(world)
    assert (violation["certificate_id"], violation["refused"]) == (answer.body["id"], False)
    assert violation["severity"] == "Warning"


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize(("severity", "level"), [("Error", "critical"), ("Critical", "critical")])
def test_a_refusal_raises_an_alert_and_is_audited(world: Issuing, severity: str, level: str) -> None:
    rule(world, PolicyType.ALLOWED_ENVIRONMENTS, severity, environments=["production"])

    assert asked(world).status == 422

    assert told(world) == [("PolicyViolation", level)]
    query = {"resource_type": "policy", "resource_id": "pol-1"}
    events = world.stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    violated = [event for event in events if event["action"] == "policy_violated"]
    assert [event["details"]["refused"] for event in violated] == [True]


def test_all_rules_that_are_broken_are_named_at_once(world: Issuing) -> None:
    rule(world, PolicyType.ALLOWED_ENVIRONMENTS, policy_id="pol-env", environments=["production"])
    rule(world, PolicyType.REQUIRED_METADATA, policy_id="pol-tags", tags=["cost", "contact"])

    answer = asked(world)

    fields = [error["field"] for error in answer.body["errors"]]
    assert fields == ["policies.pol-env", "policies.pol-tags", "policies.pol-tags"]
    assert len(violations(world)) == 2


def test_a_policy_that_requires_the_profile_by_its_former_name_is_read_shown_and_saved_with_the_new_one(
    world: Issuing,
) -> None:
    former, current = ["certificate_profile_id", "name"], ["profile_id", "name"]
    rule(world, PolicyType.REQUIRED_METADATA, fields=former)
    api = world.stack.admin("catalog_api")

    assert api.get("/api/v1/policies/pol-1").body["config"] == {"fields": current}
    assert asked(world).status == 201

    body = {"name": "one", "type": "RequiredMetadata", "severity": "Error", "config": {"fields": former}}
    assert api.send("PUT", "/api/v1/policies/pol-1", body).status == 200
    stored = CatalogStore(world.stack.database).get(Kind.POLICY, "pol-1")
    assert stored is not None
    assert stored.content.config == {"fields": current}
    assert asked(world).status == 201


def test_a_repeat_within_a_day_is_not_a_new_violation(world: Issuing) -> None:
    rule(world, PolicyType.ALLOWED_ENVIRONMENTS, environments=["production"])
    for _ in range(3):
        assert asked(world).status == 422
        world.stack.clock.advance(timedelta(minutes=1))
    (violation,) = violations(world)
    assert violation["occurrences"] == 3
    assert violation["created_at"] < violation["last_seen_at"]

    world.stack.clock.advance(timedelta(hours=24))
    assert asked(world).status == 422
    assert [v["occurrences"] for v in violations(world)] == [1, 3]


def test_an_edit_may_not_break_a_rule_and_may_leave_one_broken(world: Issuing) -> None:
    certificate = asked(world, environment="production").body
    path = f"{CERTIFICATES}/{certificate['id']}"
    rule(world, PolicyType.ALLOWED_ENVIRONMENTS, policy_id="pol-env", environments=["production"])
    rule(world, PolicyType.REQUIRED_METADATA, policy_id="pol-tags", tags=["cost"])

    assert world.api.send("PUT", path, {"name": "renamed"}).status == 200
    refused = world.api.send("PUT", path, {"environment": "staging"})

    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "policies.pol-env")
    (violation,) = violations(world)
    assert violation["certificate_id"] == certificate["id"]


def test_a_renewal_and_a_signing_request_are_held_to_the_rules_of_today(world: Issuing) -> None:
    issued, waiting = world.issued(), world.created(csr_pem=None).body
    rule(world, PolicyType.ALLOWED_ISSUERS, issuer_ids=["iss-public"])

    renewal = world.api.post(f"{CERTIFICATES}/{issued['id']}/renew")
    pem = csr_pem("www.example.com", [], new_key())
    request = world.api.post(f"{CERTIFICATES}/{waiting['id']}/csr", {"csr_pem": pem})

    assert (renewal.status, request.status) == (422, 422)
    assert {v["certificate_id"] for v in violations(world)} == {issued["id"], waiting["id"]}


def test_a_refusal_stands_where_it_cannot_be_recorded(
    world: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(world, PolicyType.ALLOWED_ENVIRONMENTS, environments=["production"])

    def broken(*_: Any) -> None:
        raise RuntimeError("the table is gone")

    api = world.api
    monkeypatch.setattr(type(world.stack.database), "transact", broken)
    assert api.post(CERTIFICATES, {"common_name": "www.example.com"}).status == 422


def test_people_see_the_violations_of_their_own_teams(world: Issuing) -> None:
    rule(world, PolicyType.ALLOWED_ENVIRONMENTS, environments=["production"])
    ours, theirs = world.as_role(Role.OPERATOR, "t-ours"), world.as_role(Role.OPERATOR, "t-theirs")
    for operator in (ours, theirs):
        assert operator.post(CERTIFICATES, {"common_name": "www.example.com"}).status == 422

    for role in (Role.OPERATOR, Role.VIEWER):
        reader = world.stack.client("catalog_api", world.stack.new_key(role, ["t-ours"]))
        for path in (VIOLATIONS, "/api/v1/policies/pol-1/violations"):
            assert [v["team_id"] for v in reader.get(path).body["data"]] == ["t-ours"]
    auditor = world.stack.client("catalog_api", world.stack.new_key(Role.AUDITOR))
    assert len(auditor.get(VIOLATIONS).body["data"]) == 2


def test_a_new_policy_for_domains_begins_closed_and_a_change_keeps_what_it_has(world: Issuing) -> None:
    catalog, path = world.stack.admin("catalog_api"), "/api/v1/policies"
    body: dict[str, Any] = {"name": "ours", "type": "AllowedDomains", "severity": "Error"}
    domains = {"domains": ["*.example.com"]}
    closed = {"allow_ip": False, "allow_uri_without_host": False}

    made = catalog.post(path, body | {"config": domains}).body
    opened = catalog.put(f"{path}/{made['id']}", body | {"config": domains | {"allow_ip": True}}).body
    kept = catalog.put(f"{path}/{made['id']}", body | {"config": {"domains": ["example.com"]}}).body

    assert made["config"] == domains | closed
    assert opened["config"] == domains | closed | {"allow_ip": True}
    assert kept["config"] == {"domains": ["example.com"]} | closed | {"allow_ip": True}


def test_a_policy_that_an_earlier_release_stored_stays_open_when_it_is_edited(world: Issuing) -> None:
    rule(world, PolicyType.ALLOWED_DOMAINS, domains=["*.example.com"])
    edit = {
        "name": "older",
        "type": "AllowedDomains",
        "severity": "Error",
        "config": {"domains": ["example.com"]},
    }

    edited = world.stack.admin("catalog_api").put("/api/v1/policies/pol-1", edit)

    assert (edited.status, edited.body["config"]) == (200, {"domains": ["example.com"]})
