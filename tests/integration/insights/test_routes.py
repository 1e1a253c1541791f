"""Jobs, statistics and metrics over HTTP."""

from datetime import datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from certctl.domain.access.permissions import Role
from certctl.domain.agents.agents import AgentReport
from certctl.domain.agents.polls import POLL_WITH_WORK
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.agents.states import AgentStateStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.writes import Write
from tests.support.agents.fleet import job, live, store_certificates, store_jobs
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.costs.round_trips import recorded
from tests.support.functions.deployed import Deployed

FUNCTION = "insights_api"
SUMMARY = {
    "total_certificates",
    "expiring_certificates",
    "expired_certificates",
    "revoked_certificates",
    "active_agents",
    "agents_counted_at",
    "degraded_agents",
    "offline_agents",
    "total_agents",
    "pending_jobs",
    "failed_jobs",
    "complete_jobs",
    "notifications_dead",
    "unknown",
    "recounted_at",
    "completed_at",
}
SERIES = ("expiration-timeline", "job-trends", "issuance-rate")
METRICS = {
    *(f"certctl_certificate_{name}" for name in ("total", "active", "expiring_soon", "expired", "revoked")),
    "certctl_agent_total",
    *(f"certctl_agent_{status}" for status in ("online", "degraded", "offline")),
    "certctl_job_pending",
    "certctl_job_completed_total",
    "certctl_job_failed_total",
    "certctl_notification_dead_total",
}


@pytest.fixture
def waiting(stack: Deployed) -> str:
    """The id of a job of team t-one that awaits approval, the newest of five."""
    now = stack.clock()
    jobs = [job(f"mc-{n}", now - timedelta(hours=n + 1), team_id="t-two") for n in range(4)]
    newest = job("mc-9", now, team_id="t-one", status=JobStatus.AWAITING_APPROVAL)
    store_jobs(stack.database, [*jobs, newest])
    return newest.id


def test_jobs_are_listed_page_by_page(stack: Deployed, waiting: str) -> None:
    client = stack.admin(FUNCTION)
    seen, query = [], {"per_page": "2"}
    while True:
        answer = client.get("/api/v1/jobs", **query)
        assert answer.status == 200
        assert answer.body["per_page"] == 2
        seen += [record["id"] for record in answer.body["data"]]
        if answer.body["next_cursor"] is None:
            break
        query["cursor"] = answer.body["next_cursor"]
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == waiting


def test_jobs_are_filtered(stack: Deployed, waiting: str) -> None:
    client = stack.admin(FUNCTION)
    by_status = client.get("/api/v1/jobs", status="AwaitingApproval").body["data"]
    by_certificate = client.get("/api/v1/jobs", certificate_id="mc-9", type="Issuance").body["data"]
    assert [record["id"] for record in by_status] == [waiting]
    assert [record["id"] for record in by_certificate] == [waiting]
    assert client.get("/api/v1/jobs", type="Renewal").body["data"] == []


def test_a_job_shows_its_fields_and_never_its_lease_or_request(stack: Deployed, waiting: str) -> None:
    record = stack.admin(FUNCTION).get(f"/api/v1/jobs/{waiting}").body
    assert record["status"] == "AwaitingApproval"
    assert record["attempts"] == 0
    assert not {"csr_pem", "due", "lease_owner"} & set(record)


@pytest.mark.parametrize(
    "query",
    [
        {"per_page": "0"},
        {"per_page": "501"},
        {"cursor": "garbage"},
        {"cursor": "eyJhdCI6IngvIn0"},  # {"at":"x/"}: not a list
        {"cursor": "eyJhdCI6IjIwMjYtMTEvXHVkODAwIn0"},  # {"at":"2026-11/\ud800"}: a lone surrogate
        {"status": "Sleeping"},
        {"type": "Party"},
        {"certificate_id": ""},
        {"agent_id": ""},
    ],
    ids=str,
)
def test_what_a_list_cannot_be_asked_is_refused(stack: Deployed, query: dict[str, str]) -> None:
    answer = stack.admin(FUNCTION).get("/api/v1/jobs", **query)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_job_is_approved_and_cancelled(stack: Deployed, waiting: str) -> None:
    client = stack.admin(FUNCTION)
    assert client.post(f"/api/v1/jobs/{waiting}/approve").body["status"] == "Pending"
    assert client.post(f"/api/v1/jobs/{waiting}/cancel").body["status"] == "Cancelled"
    assert client.post(f"/api/v1/jobs/{waiting}/cancel").status == 409
    assert client.get("/api/v1/stats/summary").body["failed_jobs"] == 0


def test_a_job_is_rejected(stack: Deployed, waiting: str) -> None:
    answer = stack.admin(FUNCTION).post(f"/api/v1/jobs/{waiting}/reject")
    assert (answer.status, answer.body["status"]) == (200, "Cancelled")


def test_the_requester_of_a_job_may_not_approve_it(stack: Deployed) -> None:
    key, key_id = stack.new_key_and_id(Role.OPERATOR)
    own = job("mc-1", stack.clock(), status=JobStatus.AWAITING_APPROVAL, requested_by=key_id)
    store_jobs(stack.database, [own])
    assert stack.client(FUNCTION, key).post(f"/api/v1/jobs/{own.id}/approve").status == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.VIEWER])
def test_whoever_reads_a_job_reads_who_requested_it(stack: Deployed, role: Role) -> None:
    ada = CatalogByHttp(stack).made(Kind.USER, name="Ada", grants=[{"role": "admin", "teams": "*"}])["id"]
    _, key_id = stack.new_key_and_id(Role.OPERATOR)
    of_session = job("mc-1", stack.clock(), requested_by="ses-1", subject_id=ada)
    of_key = job("mc-2", stack.clock(), requested_by=key_id)
    of_stack = job("mc-3", stack.clock(), requested_by="system/renewal_schedule")
    store_jobs(stack.database, [of_session, of_key, of_stack])
    jobs, reader = (of_session, of_key, of_stack), stack.client(FUNCTION, stack.new_key(role))

    read = [reader.get(f"/api/v1/jobs/{each.id}").body for each in jobs]
    listed = {each["id"]: each for each in reader.get("/api/v1/jobs").body["data"]}

    assert [each["requested_by_name"] for each in read] == ["Ada", "operator of *", None]
    assert [listed[each.id]["requested_by_name"] for each in jobs] == ["Ada", "operator of *", None]


@pytest.mark.parametrize("act", ["cancel", "approve", "reject"])
def test_a_viewer_only_reads(stack: Deployed, waiting: str, act: str) -> None:
    client = stack.client(FUNCTION, stack.new_key(Role.VIEWER, ["t-one"]))
    assert client.post(f"/api/v1/jobs/{waiting}/{act}").status == 403
    assert client.get(f"/api/v1/jobs/{waiting}").status == 200


@pytest.mark.parametrize("act", ["cancel", "approve", "reject"])
def test_another_teams_job_is_not_there(stack: Deployed, waiting: str, act: str) -> None:
    client = stack.client(FUNCTION, stack.new_key(Role.OPERATOR, ["t-other"]))
    assert client.post(f"/api/v1/jobs/{waiting}/{act}").status == 404
    assert client.get(f"/api/v1/jobs/{waiting}").status == 404
    assert client.get("/api/v1/jobs").body["data"] == []


def test_the_summary_has_every_field(stack: Deployed) -> None:
    body = stack.client(FUNCTION, stack.new_key(Role.VIEWER, ["t-one"])).get("/api/v1/stats/summary").body
    assert set(body) == SUMMARY
    assert (body["notifications_dead"], body["unknown"], body["recounted_at"]) == (0, [], None)


def test_every_status_is_counted(stack: Deployed) -> None:
    data = stack.admin(FUNCTION).get("/api/v1/stats/certificates-by-status").body["data"]
    assert {row["status"]: row["count"] for row in data} == dict.fromkeys(
        (
            "Pending",
            "Active",
            "Expiring",
            "Expired",
            "RenewalInProgress",
            "Failed",
            "Revoked",
            "Archived",
            "OnHold",
        ),
        0,
    )


@pytest.mark.parametrize("series", SERIES)
def test_a_series_has_the_requested_number_of_days(stack: Deployed, series: str) -> None:
    client = stack.admin(FUNCTION)
    today = f"{stack.clock():%Y-%m-%d}"
    days = [row["date"] for row in client.get(f"/api/v1/stats/{series}", days="7").body["data"]]
    assert len(days) == 7
    assert days == sorted(days)
    assert today in (days[0], days[-1])
    assert len(client.get(f"/api/v1/stats/{series}").body["data"]) == 30
    assert len(client.get(f"/api/v1/stats/{series}", days="400").body["data"]) == 400


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("days", ["0", "401", "-1", "a"])
def test_an_invalid_number_of_days_is_refused(stack: Deployed, series: str, days: str) -> None:
    assert stack.admin(FUNCTION).get(f"/api/v1/stats/{series}", days=days).status == 422


def test_metrics_are_given_as_json_and_to_prometheus(stack: Deployed, waiting: str) -> None:
    client = stack.admin(FUNCTION)
    listed = {metric["name"] for metric in client.get("/api/v1/metrics").body["data"]}
    answer = client.get("/api/v1/metrics/prometheus")
    typed = {line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")}
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert typed == listed
    assert listed > METRICS
    assert answer.text.endswith("\n")


def test_what_prometheus_reads_is_what_json_says(stack: Deployed, waiting: str) -> None:
    client = stack.admin(FUNCTION)
    families = text_string_to_metric_families(client.get("/api/v1/metrics/prometheus").text)
    read = {s.name: s.value for family in families for s in family.samples if not s.labels}
    listed = client.get("/api/v1/metrics").body["data"]
    told = {m["name"]: s["value"] for m in listed for s in m["samples"] if not s["labels"]}
    assert read == told
    assert read.keys() >= METRICS
    assert read["certctl_job_pending"] == 0  # its jobs were stored without their counters


def test_agents_are_counted_by_their_heartbeats(stack: Deployed) -> None:
    now = stack.clock()
    silent_for = [timedelta(seconds=1), timedelta(seconds=119), timedelta(minutes=3)]
    for number, silent in enumerate(silent_for):
        heartbeat = AgentStateStore(stack.database).heartbeat_step(
            f"agent-{number}", AgentReport(f"host-{number}"), now - silent, POLL_WITH_WORK
        )
        stack.database.transact([*_registered(stack, number, now), heartbeat])
    stack.database.transact(_registered(stack, 9, now))
    summary = stack.admin(FUNCTION).get("/api/v1/stats/summary").body
    counts = [summary[f"{name}_agents"] for name in ("active", "degraded", "offline", "total")]
    assert counts == [1, 1, 2, 4]
    text = stack.admin(FUNCTION).get("/api/v1/metrics/prometheus").text
    assert "\ncertctl_agent_total 4\n" in text
    for status, count in (("online", 1), ("degraded", 1), ("offline", 2)):
        assert f"\ncertctl_agent_{status} {count}\n" in text


def _registered(stack: Deployed, number: int, now: datetime) -> list[Write]:
    content = Agent(f"host-{number}", f"key-{number}", now)
    record = Entry(Kind.AGENT, f"agent-{number}", f"host-{number}", content, now, now)
    return CatalogStore(stack.database).create_steps(record)


@pytest.mark.parametrize(
    "path", ["stats/summary", "stats/certificates-by-status", *(f"stats/{s}" for s in SERIES), "metrics"]
)
def test_every_series_costs_the_same_for_any_inventory(stack: Deployed, path: str) -> None:
    client = stack.admin(FUNCTION)

    def cost() -> tuple[int, int]:
        with recorded(stack.database.client) as recording:
            assert client.get(f"/api/v1/{path}").status == 200
        return recording.count(), recording.steps()

    cost()  # later ones do not read the counters of days again
    few = cost()
    now = stack.clock()
    store_certificates(stack.database, [live(f"mc-{n}", now, now + timedelta(days=n)) for n in range(1, 41)])
    store_jobs(stack.database, [job(f"mc-{n}", now - timedelta(hours=n)) for n in range(1, 41)])
    assert cost() == few


def test_the_overview_has_the_numbers_of_the_single_routes(stack: Deployed, waiting: str) -> None:
    client, now = stack.admin(FUNCTION), stack.clock()
    store_certificates(stack.database, [live("mc-1", now, now + timedelta(days=3))])
    overview = client.get("/api/v1/stats/overview", expiry_days="60", job_days="7").body
    single = {
        "statuses": client.get("/api/v1/stats/certificates-by-status").body["data"],
        "expirations": client.get("/api/v1/stats/expiration-timeline", days="60").body["data"],
        "job_days": client.get("/api/v1/stats/job-trends", days="7").body["data"],
    }
    assert {name: overview[name] for name in single} == single
    assert overview["summary"] == client.get("/api/v1/stats/summary").body
    assert {m["name"] for m in overview["metrics"]} >= METRICS
