"""The fleet in numbers, against the fleet itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from certctl.domain.channels.channels import WORKING
from certctl.domain.insights.counters import CounterDelta
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.services.insights.insights import Insights
from certctl.services.jobs.jobs import Jobs
from certctl.store.channels.states import ChannelStateStore
from certctl.store.insights.counters import CounterStore
from certctl.store.items import StateItem
from certctl.store.jobs.lists import JobIndexes
from certctl.store.keys import COUNTERS, DEAD_COUNTERS, NOTIFICATION_SENDS
from certctl.store.writes import update
from tests.support.aws.clients import client
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane


@pytest.fixture
def calls(plane: ControlPlane) -> Iterator[list[str]]:
    found: list[str] = []

    def note(model: Any, **_: Any) -> None:
        found.append(model.name)

    plane.pki.database.client.meta.events.register("before-call.dynamodb", note)
    yield found
    plane.pki.database.client.meta.events.unregister("before-call.dynamodb", note)


def _values(insights: Insights) -> dict[str, float]:
    metrics = insights.metrics()
    return {m.name: m.samples[0].value for m in metrics if len(m.samples) == 1 and not m.samples[0].labels}


def test_an_empty_stack_is_all_zeros(insights: Insights) -> None:
    summary = asdict(insights.summary())
    assert summary.pop("recounted_at") is None
    summary.pop("completed_at")
    summary.pop("agents_counted_at")
    assert set(summary.values()) == {0}
    assert set(insights.certificates_by_status().values()) == {0}
    assert set(_values(insights).values()) == {0}


def test_the_summary_counts_what_there_is(plane: ControlPlane, insights: Insights) -> None:
    plane.issued("a.example.com")
    plane.revoked(plane.issued("b.example.com").id)
    plane.requested("c.example.com", csr_pem=None)
    summary = insights.summary()
    assert (summary.total_certificates, summary.revoked_certificates) == (3, 1)
    assert (summary.pending_jobs, summary.complete_jobs, summary.failed_jobs) == (1, 2, 0)
    assert summary.completed_at == plane.pki.clock()
    counted = {status: n for status, n in insights.certificates_by_status().items() if n}
    assert counted == {"Pending": 1, "Active": 1, "Revoked": 1}


def test_the_clock_alone_makes_certificates_expiring_and_expired(
    plane: ControlPlane, insights: Insights
) -> None:
    plane.issued()
    for days, expiring, expired in ((0, 0, 0), (171, 1, 0), (30, 0, 1)):
        plane.pki.clock.advance(timedelta(days=days))
        summary = insights.summary()
        assert (summary.expiring_certificates, summary.expired_certificates) == (expiring, expired)


def test_dead_notifications_are_zero_where_none_was_counted_and_else_the_current_number(
    plane: ControlPlane, insights: Insights
) -> None:
    assert insights.summary().notifications_dead == 0
    counters, kept_until = CounterStore(plane.pki.database), plane.pki.clock() + timedelta(days=9)
    plane.pki.database.transact(counters.steps(CounterDelta({"notifications_dead_total": 2}), "notif-1"))
    plane.pki.database.transact(counters.dead_steps(kept_until, 2, "notif-1"))
    plane.pki.database.transact(counters.dead_steps(kept_until, -1, "notif-2"))
    assert insights.summary().notifications_dead == 1
    assert _values(insights)["certctl_notification_dead_total"] == 2


def test_jobs_are_counted_by_day(plane: ControlPlane, insights: Insights) -> None:
    plane.issued("a.example.com")
    plane.pki.clock.advance(timedelta(days=1))
    waiting = plane.requested("b.example.com", csr_pem=None)
    database = plane.pki.database
    stores = plane.stores
    indexes = JobIndexes(database)
    jobs = Jobs(stores, plane.units, indexes, plane.clearance, plane.nudges, plane.pki.clock)
    jobs.cancel(ADMIN, waiting.job.id)
    # the counters of the control plane use the real clock: both days are one
    days = insights.job_trends(3)
    assert [d.day for d in days] == [days[-1].day - timedelta(days=n) for n in (2, 1, 0)]
    assert sum(d.created for d in days) == 2
    assert sum(d.completed for d in days) == 1
    assert sum(d.cancelled for d in days) == 1
    assert sum(d.count for d in insights.issuance_rate(3)) == 1


def test_the_timeline_has_every_day(plane: ControlPlane, insights: Insights) -> None:
    certificate = plane.issued()
    assert certificate.expires_at is not None
    days = insights.expiration_timeline(300)
    assert len(days) == 300
    assert [d.day for d in days if d.count] == [certificate.expires_at.date()]
    assert sum(d.count for d in insights.expiration_timeline(10)) == 0


def test_waiting_notifications_are_measured(plane: ControlPlane, insights: Insights) -> None:
    plane.channels = CHANNELS
    plane.revoked(plane.issued().id)
    plane.pki.clock.advance(timedelta(seconds=90))
    by_name = {metric.name: metric for metric in insights.metrics()}
    waiting = {s.labels["status"]: s.value for s in by_name["certctl_notification_waiting"].samples}
    assert waiting == {NotificationStatus.PENDING: 2, NotificationStatus.FAILED: 0}
    assert 89 <= by_name["certctl_notification_oldest_due_age_seconds"].samples[0].value <= 92


def test_a_channel_that_is_down_is_measured_and_what_waits_for_it_is_not_overdue(
    plane: ControlPlane, insights: Insights
) -> None:
    plane.channels = CHANNELS
    plane.revoked(plane.issued().id)
    plane.pki.clock.advance(timedelta(seconds=90))
    ids, now = [channel.channel_id for channel in CHANNELS], plane.pki.clock()
    for channel_id in ids:
        probe_at = now + timedelta(minutes=1)
        assert ChannelStateStore(plane.pki.database).open(channel_id, WORKING, now, probe_at, "HTTP 500")
    by_name = {metric.name: metric for metric in insights.metrics()}
    down = by_name["certctl_channel_down"].samples
    assert {sample.labels["channel"]: sample.value for sample in down} == dict.fromkeys(ids, 1)
    assert by_name["certctl_notification_oldest_due_age_seconds"].samples[0].value == 0


def test_sends_are_counted_by_channel_and_outcome(plane: ControlPlane, insights: Insights) -> None:
    row = StateItem(NOTIFICATION_SENDS, "slack-default#delivered")
    plane.pki.database.write(update(row, [StateItem.amount.add(3)]))
    by_name = {metric.name: metric for metric in insights.metrics()}
    sample = by_name["certctl_notification_sends_total"].samples[0]
    assert (sample.labels, sample.value) == ({"channel": "slack-default", "outcome": "delivered"}, 3)


def test_notifications_that_cannot_be_read_spoil_nothing_else(
    plane: ControlPlane, insights: Insights
) -> None:
    plane.issued()
    client("dynamodb").delete_table(TableName="notifications")
    values = _values(insights)
    assert values["certctl_certificate_active"] == 1
    assert "certctl_notification_oldest_due_age_seconds" not in values
    assert insights.summary().notifications_dead == 0


def test_a_job_that_failed_is_counted_once(plane: ControlPlane, insights: Insights) -> None:
    waiting = plane.requested(csr_pem=None)
    plane.pki.clock.advance(timedelta(hours=25))
    plane.due_jobs.run(lambda: True)
    assert plane.job(waiting.job.id).status is JobStatus.FAILED
    summary = insights.summary()
    assert (summary.pending_jobs, summary.failed_jobs) == (0, 1)
    assert insights.certificates_by_status()["Failed"] == 1


@pytest.mark.parametrize("certificates", [0, 5])
def test_numbers_cost_the_same_for_any_inventory(
    plane: ControlPlane, insights: Insights, calls: list[str], certificates: int
) -> None:
    for number in range(certificates):
        plane.requested(f"c{number}.example.com", csr_pem=None)
    calls.clear()
    insights.summary()
    assert Counter(calls) == {"Query": 22, "GetItem": 3}
    calls.clear()
    insights.metrics()
    assert Counter(calls) == {"Query": 33, "GetItem": 3, "PutItem": 1}
    calls.clear()
    insights.metrics()
    assert Counter(calls) == {"Query": 17, "GetItem": 2, "PutItem": 1}
    calls.clear()
    insights.summary()
    assert Counter(calls) == {"Query": 6, "GetItem": 2}


def _unreadable(plane: ControlPlane, kind: str) -> None:
    """Queries of this partition of the state table are refused from now on."""

    def refuse(params: Any, **_: Any) -> None:
        values = params.get("ExpressionAttributeValues", {}).values()
        if any(value.get("S", "").startswith(kind) for value in values):
            raise ConnectTimeoutError(endpoint_url="https://dynamodb.example")

    events = plane.pki.database.client.meta.events
    events.register("before-parameter-build.dynamodb.Query", refuse)


@pytest.mark.parametrize(
    ("kind", "unknown"),
    [
        (DEAD_COUNTERS, {"notifications_dead"}),
        ("days#07", {"expiring_certificates", "expired_certificates"}),
        (
            COUNTERS,
            {
                "total_certificates",
                "revoked_certificates",
                "expiring_certificates",
                "expired_certificates",
                "pending_jobs",
                "failed_jobs",
                "complete_jobs",
            },
        ),
    ],
)
def test_a_counter_that_cannot_be_read_costs_its_own_numbers(
    plane: ControlPlane, insights: Insights, kind: str, unknown: set[str]
) -> None:
    plane.issued()
    _unreadable(plane, kind)
    summary = insights.summary()
    assert set(summary.unknown) == unknown
    known = {name: value for name, value in asdict(summary).items() if name not in unknown}
    assert None not in {value for name, value in known.items() if name != "recounted_at"}


def test_metrics_leave_out_what_cannot_be_read(plane: ControlPlane, insights: Insights) -> None:
    _unreadable(plane, COUNTERS)
    values = _values(insights)
    assert "certctl_certificate_total" not in values
    assert values["certctl_notification_dead"] == 0
