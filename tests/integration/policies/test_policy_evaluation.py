"""A policy that is made, changed, disabled or deleted is evaluated over the certificates that exist."""

import json
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.notifications.statuses import Severity
from certctl.domain.policies.evaluations import SETTLED_AFTER
from certctl.domain.policies.policy_types import PolicyType
from certctl.store.notifications.items import NotificationItem
from functions.signing_worker.app import lambda_handler as signing_worker
from tests.support.api.http import Client
from tests.support.catalog.entries import a_policy, store_entry
from tests.support.functions.lambda_context import Context
from tests.support.issuing.issuing import CERTIFICATES, Issuing, bodies

# together they take more than ten seconds
pytestmark = pytest.mark.slow

POLICIES = "/api/v1/policies"
ENVIRONMENTS = {"environments": ["production"]}


def catalog(world: Issuing) -> Client:
    return world.stack.admin("catalog_api")


def made(world: Issuing, policy_id: str = "pol-1", **fields: Any) -> Any:
    body = {
        "id": policy_id,
        "name": policy_id,
        "type": "AllowedEnvironments",
        "severity": "Warning",
        "config": ENVIRONMENTS,
    } | fields
    answer = catalog(world).post(POLICIES, body)
    assert answer.status == 201, answer.text
    return answer.body


def edited(world: Issuing, policy_id: str = "pol-1", **fields: Any) -> Any:
    before = catalog(world).get(f"{POLICIES}/{policy_id}").body
    body = {name: before[name] for name in ("name", "type", "severity", "config", "enabled")} | fields
    answer = catalog(world).send("PUT", f"{POLICIES}/{policy_id}", body)
    assert answer.status == 200, answer.text
    forget(world)
    return answer.body


def forget(world: Issuing) -> None:
    """Empties the caches, as a minute does."""
    world.stack.restart()


def work(world: Issuing, job_id: str) -> None:
    worker = world.stack.privileges.of("signing_worker", signing_worker)
    record = {"messageId": "1", "body": json.dumps({"id": job_id, "epoch": 1})}
    assert worker({"Records": [record]}, Context()) == {"batchItemFailures": []}


def evaluated(world: Issuing, policy_id: str = "pol-1") -> Any:
    """Runs it to its end: at once, and once more after all caches have the policy."""
    job_id = evaluation(world, policy_id)["job_id"]
    work(world, job_id)
    world.stack.clock.advance(SETTLED_AFTER + timedelta(seconds=1))
    forget(world)
    work(world, job_id)
    return evaluation(world, policy_id)


def evaluation(world: Issuing, policy_id: str = "pol-1") -> Any:
    return catalog(world).get(f"{POLICIES}/{policy_id}").body["evaluation"]


def violations(world: Issuing, policy_id: str = "pol-1", **query: str) -> list[Any]:
    answer = catalog(world).get(f"{POLICIES}/{policy_id}/violations", **query)
    assert answer.status == 200, answer.text
    data: list[Any] = answer.body["data"]
    return data


def standing(world: Issuing, policy_id: str = "pol-1") -> set[str]:
    return {violation["certificate_id"] for violation in violations(world, policy_id, state="open")}


def audited(world: Issuing, policy_id: str = "pol-1") -> list[str]:
    query = {"resource_type": "policy", "resource_id": policy_id}
    events = world.stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    return [event["action"] for event in reversed(events)]


def test_a_new_policy_finds_what_exists_and_breaks_it(world: Issuing) -> None:
    good = world.issued("good.example.com", environment="production")
    bad = world.issued("bad.example.com", environment="staging")

    created = made(world)

    assert created["evaluation"]["state"] == "waiting"
    done = evaluated(world)
    counts = {name: done[name] for name in ("evaluated", "total", "violations", "begun", "ended", "failed")}
    assert counts == {"evaluated": 2, "total": 2, "violations": 1, "begun": 1, "ended": 0, "failed": 0}
    assert done["state"] == "completed"
    assert standing(world) == {bad["id"]} != {good["id"]}
    (violation,) = violations(world)
    assert (violation["state"], violation["refused"], violation["policy_version"]) == ("open", False, 1)
    assert set(audited(world)) == {"policy_created", "policy_violated", "policy_evaluated"}


def test_all_are_shown_as_evaluated_before_the_second_look(world: Issuing) -> None:
    world.issued(environment="staging")
    made(world)

    work(world, evaluation(world)["job_id"])

    now = evaluation(world)
    assert (now["state"], now["evaluated"], now["total"], now["violations"]) == ("confirming", 1, 1, 1)
    job = world.stack.admin("insights_api").get(f"/api/v1/jobs/{now['job_id']}").body
    assert (job["type"], job["evaluation"]["policy_id"]) == ("PolicyEvaluation", "pol-1")


def test_a_policy_that_is_relaxed_ends_violations_with_their_time(world: Issuing) -> None:
    world.issued(environment="staging")
    made(world)
    evaluated(world)

    edited(world, config={"environments": ["production", "staging"]})
    done = evaluated(world)

    assert (done["violations"], done["ended"], done["policy_version"]) == (0, 1, 2)
    assert standing(world) == set()
    (violation,) = violations(world)
    assert violation["state"] == "ended"
    assert violation["ended_at"] >= violation["created_at"]
    assert violation["end_reason"] == "the certificate keeps the policy"
    assert "policy_violation_ended" in audited(world)


def test_a_violation_of_the_policy_as_it_was_ends_and_one_of_it_as_it_is_begins(world: Issuing) -> None:
    certificate = world.issued(environment="staging")
    made(world)
    evaluated(world)

    edited(world, config={"environments": ["test"]})
    evaluated(world)

    newest, oldest = violations(world)
    assert (newest["state"], newest["policy_version"]) == ("open", 2)
    assert (oldest["state"], oldest["end_reason"]) == ("ended", "the policy was changed")
    assert standing(world) == {certificate["id"]}
    assert evaluation(world)["violations"] == 1


def test_an_unchanged_violation_stays_the_same_row(world: Issuing) -> None:
    world.issued(environment="staging")
    made(world)
    evaluated(world)
    (before,) = violations(world)

    edited(world, enabled=True, name="renamed", severity="Warning", config=ENVIRONMENTS | {})
    edited(world, enabled=False)
    edited(world, enabled=True)
    evaluated(world)

    assert [v["id"] for v in violations(world)] == [before["id"]]


@pytest.mark.parametrize(("end", "why"), [("disabled", "disabled"), ("deleted", "deleted")])
def test_a_policy_that_is_not_in_force_any_more_ends_all_of_them(world: Issuing, end: str, why: str) -> None:
    for number in range(3):
        world.issued(f"c{number}.example.com", environment="staging")
    made(world)
    evaluated(world)

    if end == "disabled":
        job_id = edited(world, enabled=False)["evaluation"]["job_id"]
    else:
        assert catalog(world).send("DELETE", f"{POLICIES}/pol-1").status == 204
        job_id = bodies("jobs")[-1]["id"]
    work(world, job_id)
    world.stack.clock.advance(SETTLED_AFTER + timedelta(seconds=1))
    work(world, job_id)

    assert {v["end_reason"] for v in violations(world)} == {f"the policy was {why}"}
    assert standing(world) == set()
    assert audited(world).count("policy_violation_ended") == 3
    assert world.stack.admin("insights_api").get(f"/api/v1/jobs/{job_id}").body["status"] == "Completed"


def test_of_two_edits_in_a_row_the_later_one_counts(world: Issuing) -> None:
    world.issued(environment="staging")
    first = made(world, config={"environments": ["test"]})["evaluation"]["job_id"]
    second = edited(world, config={"environments": ["staging"]})["evaluation"]["job_id"]

    work(world, second)
    work(world, first)

    assert standing(world) == set()
    job = world.stack.admin("insights_api").get(f"/api/v1/jobs/{first}").body
    assert (job["status"], job["last_error"]) == ("Cancelled", "a later change of the policy is evaluated")
    assert evaluated(world)["violations"] == 0


def test_a_certificate_that_is_edited_ends_and_begins_its_own_violations(world: Issuing) -> None:
    certificate = world.issued(environment="staging")
    path = f"{CERTIFICATES}/{certificate['id']}"
    made(world)
    evaluated(world)

    assert world.api.send("PUT", path, {"environment": "production"}).status == 200
    assert (standing(world), evaluation(world)["violations"]) == (set(), 0)

    assert world.api.send("PUT", path, {"environment": "staging"}).status == 200
    assert (standing(world), evaluation(world)["violations"]) == ({certificate["id"]}, 1)
    assert [v["state"] for v in violations(world)] == ["open", "ended"]


@pytest.mark.parametrize("end", ["archived", "revoked"])
def test_a_certificate_that_ends_takes_its_violations_with_it(world: Issuing, end: str) -> None:
    certificate = world.issued(environment="staging")
    path = f"{CERTIFICATES}/{certificate['id']}"
    made(world)
    evaluated(world)

    if end == "archived":
        assert world.api.send("DELETE", path, query={"keep_valid": "true"}).status == 204
    else:
        assert world.api.post(f"{path}/revoke", {"reason": "superseded"}).status == 200

    (violation,) = violations(world)
    assert violation["end_reason"] == f"the certificate was {end}"
    assert (standing(world), evaluation(world)["violations"]) == (set(), 0)


def test_a_warning_at_creation_stands_and_a_refusal_never_does(world: Issuing) -> None:
    made(world)
    forget(world)
    certificate = world.created(environment="staging").body
    made(world, "pol-2", severity="Error", type="RequiredMetadata", config={"tags": ["cost"]})
    forget(world)
    assert world.api.post(CERTIFICATES, {"common_name": "x.example.com"}).status == 422

    assert standing(world) == {certificate["id"]}
    assert [v["state"] for v in violations(world, "pol-2")] == ["refused"]
    assert violations(world, "pol-2", state="open") == []
    every = catalog(world).get("/api/v1/violations", state="open").body["data"]
    assert [v["certificate_id"] for v in every] == [certificate["id"]]


def test_one_alert_reports_all_findings_of_an_evaluation(
    world: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        world.issued(f"c{number}.example.com", environment="staging")
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")
    world.stack.restart()
    made(world)

    evaluated(world)

    (nudge,) = bodies("notifications")
    row = NotificationItem.get(nudge["id"])
    assert row.subject == "3 certificates do not keep the policy pol-1"
    assert row.severity is Severity.WARNING
    assert not row.certificate_id


def test_an_edited_profile_evaluates_the_policies_that_go_by_it(world: Issuing) -> None:
    profile = {"name": "one", "max_ttl_seconds": 90 * 86_400, "extended_key_usages": ["serverAuth"]}
    assert catalog(world).post("/api/v1/profiles", profile | {"id": "prof-1"}).status == 201
    certificate = world.issued(profile_id="prof-1")
    made(world, type="CertificateLifetime", config={"max_days": 100})
    assert evaluated(world)["violations"] == 0

    longer = profile | {"max_ttl_seconds": 120 * 86_400}
    assert catalog(world).send("PUT", "/api/v1/profiles/prof-1", longer).status == 200
    world.stack.clock.advance(SETTLED_AFTER + timedelta(seconds=1))
    maintain(world)

    assert evaluated(world)["violations"] == 1
    assert standing(world) == {certificate["id"]}


def test_a_policy_of_an_earlier_release_is_evaluated_after_the_upgrade(world: Issuing) -> None:
    certificate = world.issued(environment="staging")
    policy = a_policy("pol-1", PolicyType.ALLOWED_ENVIRONMENTS, world.stack.clock(), "Error", **ENVIRONMENTS)
    store_entry(world.stack.database, policy)
    assert evaluation(world) is None

    maintain(world)

    assert evaluated(world)["violations"] == 1
    assert standing(world) == {certificate["id"]}


def maintain(world: Issuing) -> None:
    forget(world)
    reviews = MaintenanceSchedule(world.stack.overrides).policy_reviews
    world.stack.privileges.of("maintenance_schedule", reviews.run)(lambda: True)
