"""One change, one transaction: the writes of a unit of work, their order, and its refusals."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.due_work import Due
from certctl.domain.errors import Conflict
from certctl.domain.insights.counters import CounterDelta
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from certctl.domain.jobs.work import Order
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.notifications.statuses import Severity
from certctl.domain.renewal.alerts import failure_resolves, issuance_failure_alert
from certctl.store.notifications.deferred import DeferredAlerts
from certctl.store.notifications.lists import NotificationIndexes
from certctl.store.writes import MAX_ACTIONS, Write
from certctl.unit_of_work.alerts import AT_ONCE
from certctl.unit_of_work.effects import Event, Group
from certctl.unit_of_work.plan import TooManyWrites, WrittenTwice
from certctl.unit_of_work.resources import Resource, certificate_resource
from certctl.unit_of_work.unit import UnitOfWork, Unrecorded
from tests.support.costs.round_trips import recorded
from tests.support.functions.control_plane import ControlPlane

ACTOR = Actor("key-admin")


def routing(count: int) -> RoutingFacts:
    """Routing to this many channels."""
    settings = {"url": "https://hooks.example/x"}
    return RoutingFacts(
        CHANNEL_KINDS, [ChannelConfig(f"hook-{n:03}", ChannelKind.WEBHOOK, settings) for n in range(count)]
    )


def begun(plane: ControlPlane, counted_by: str = "mc-1") -> UnitOfWork:
    return plane.units.begin(ACTOR, counted_by, plane.pki.clock())


def committed(plane: ControlPlane, unit: UnitOfWork) -> list[dict[str, Any]]:
    """The actions of its transaction, in order."""
    with recorded(plane.pki.database.client) as recording:
        unit.commit()
    return recording.transactions


def tables(actions: list[dict[str, Any]]) -> list[str]:
    return [request["TableName"] for action in actions for request in action.values()]


def edited(plane: ControlPlane, certificate: Certificate) -> Certificate:
    return certificate.with_changes(plane.pki.clock(), environment="staging")


def rows(plane: ControlPlane, count: int, prefix: str = "key") -> list[Write]:
    """Writes that are never refused."""
    return [plane.stores.compromised_keys.add_step(f"{prefix}-{n}") for n in range(count)]


def notified(plane: ControlPlane, certificate_id: str) -> int:
    (stage,) = NotificationIndexes(plane.pki.database).of_certificate(certificate_id)
    return len(stage.reads[0]("", 1000).rows)


def job(plane: ControlPlane, **fields: Any) -> Job:
    now = plane.pki.clock()
    made = Job(
        id="job-1",
        type=JobType.ISSUANCE,
        certificate_id="mc-1",
        team_id="t-default",
        status=JobStatus.PENDING,
        created_at=now,
        scheduled_at=now,
        requested_by="key-1",
        due=Due(due_at=now),
    )
    return replace(made, **fields)


def failure(certificate: Certificate) -> Alert:
    return issuance_failure_alert(certificate, "refused")


def failed(plane: ControlPlane) -> Certificate:
    """A certificate with an open failure incident."""
    before = plane.issued()
    after = before.failed(plane.pki.clock(), "refused")
    unit = begun(plane, before.id)
    unit.save(before, after, event="certificate_issuance_failed")
    return _stored(unit)


def _stored(unit: UnitOfWork) -> Certificate:
    stored = unit.commit()
    assert stored is not None
    return stored


def resolves(certificate: Certificate) -> list[Alert]:
    return failure_resolves(certificate, "was archived")


def test_a_saved_certificate_brings_its_event_and_its_counters(plane: ControlPlane) -> None:
    before = plane.issued()
    unit = begun(plane, before.id)
    unit.save(before, before.failed(plane.pki.clock(), "refused"), event="certificate_issuance_failed")

    actions = committed(plane, unit)

    assert tables(actions)[0] == "certificates"
    assert {"audit", "certificates"} <= set(tables(actions))
    assert "certificate_issuance_failed" in plane.actions(before.id)


def test_the_counters_follow_the_status(plane: ControlPlane) -> None:
    before = plane.requested().certificate
    counted = plane.totals()
    unit = begun(plane, before.id)
    unit.save(before, before.failed(plane.pki.clock(), "refused"), event="certificate_issuance_failed")

    unit.commit()

    assert (counted["Pending"], plane.totals().get("Pending"), plane.totals()["Failed"]) == (1, None, 1)


def test_a_save_says_by_which_event_it_is_recorded(plane: ControlPlane) -> None:
    before = plane.issued()
    with pytest.raises(TypeError):
        begun(plane).save(before, edited(plane, before))  # type: ignore[call-arg]  # what this test is about


def test_an_edit_without_an_event_is_refused(plane: ControlPlane) -> None:
    before = plane.issued()
    unit = begun(plane, before.id)
    unit.save(before, edited(plane, before), event=None)
    with pytest.raises(Unrecorded):
        unit.commit()
    assert plane.certificate(before.id) == before


def test_that_an_expiry_alert_was_sent_needs_no_event(plane: ControlPlane) -> None:
    before = plane.issued()
    unit = begun(plane, before.id)
    unit.save(before, before.with_changes(plane.pki.clock()).with_alerted(30), event=None)
    assert _stored(unit).alerted_thresholds == (30,)


def test_the_first_refusal_in_the_order_of_the_calls_is_reported(plane: ControlPlane) -> None:
    stored = plane.issued()
    overtaken = replace(stored, revision=stored.revision - 1)
    taken = Conflict("taken")
    row = replace(plane.stores.jobs.create_step(plane.job(str(plane.requested().job.id))), refused=taken)
    unit = begun(plane, stored.id)
    unit.write(row)
    unit.save(overtaken, edited(plane, overtaken), event="certificate_updated")
    with pytest.raises(Conflict) as refused:
        unit.commit()
    assert refused.value is taken


def test_counters_are_summed_to_one_write_for_each_row(plane: ControlPlane) -> None:
    unit = begun(plane)
    for _ in range(3):
        unit.count(CounterDelta({"jobs_open": 2}))
    actions = committed(plane, unit)
    assert tables(actions) == ["state"]
    assert plane.totals()["jobs_open"] == 6


def test_two_writes_to_one_row_are_refused_before_anything_is_written(plane: ControlPlane) -> None:
    unit = begun(plane)
    unit.write_together(Group(rows(plane, MAX_ACTIONS, "other")))
    unit.write(*rows(plane, 1), *rows(plane, 1))
    with recorded(plane.pki.database.client) as recording, pytest.raises(WrittenTwice):
        unit.commit()
    assert recording.transactions == []


def test_more_required_rows_than_a_transaction_takes_are_refused(plane: ControlPlane) -> None:
    unit = begun(plane)
    unit.write(*rows(plane, MAX_ACTIONS))
    unit.event("something_happened", Resource("policy", "pol-1"), {})
    with recorded(plane.pki.database.client) as recording, pytest.raises(TooManyWrites):
        unit.commit()
    assert recording.transactions == []


def test_an_alert_without_room_is_written_once_by_the_sweep_and_nudged_by_nobody(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.notification_nudges.clear()
    unit = begun(plane, certificate.id)
    unit.write(*rows(plane, MAX_ACTIONS - 1))
    unit.alert(failure(certificate), routing(3))

    actions = committed(plane, unit)

    assert (len(actions), tables(actions)[-1]) == (MAX_ACTIONS, "state")
    assert plane.notification_nudges == []
    deferred = DeferredAlerts(plane.pki.database, plane.pki.clock)
    assert [deferred.write(lambda: True), deferred.write(lambda: True)] == [3, 0]
    assert notified(plane, certificate.id) == 3


def test_the_most_severe_alert_has_the_room_that_there_is(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.notification_nudges.clear()
    unit = begun(plane, certificate.id)
    warning = replace(failure(certificate), severity=Severity.WARNING)
    unit.alert(warning, routing(AT_ONCE))
    unit.alert(failure(certificate), routing(2))

    actions = committed(plane, unit)

    written = [
        a["Put"]["Item"]["severity"]["S"] for a in actions if "severity" in a.get("Put", {}).get("Item", {})
    ]
    assert (written[:3], len(written)) == (["critical", "critical", "warning"], AT_ONCE)
    assert len(plane.notification_nudges) == AT_ONCE


def test_an_incident_ends_with_the_change_of_its_certificate(plane: ControlPlane) -> None:
    before = failed(plane)
    unit = begun(plane, before.id)
    unit.save(before, edited(plane, before), event="certificate_updated")
    unit.resolve(resolves(before), routing(1))

    stored = _stored(unit)

    assert (len(before.open_failures), stored.open_failures) == (1, ())
    assert plane.certificate(before.id).open_failures == ()
    assert notified(plane, before.id) == 1


def test_an_incident_without_room_for_its_end_stays_open_and_leaves_its_mark(plane: ControlPlane) -> None:
    before = failed(plane)
    unit = begun(plane, before.id)
    unit.save(before, edited(plane, before), event="certificate_updated")
    unit.resolve(resolves(before), routing(5))
    unit.write(*rows(plane, MAX_ACTIONS - 4))

    stored = _stored(unit)

    assert stored.open_failures == before.open_failures
    assert notified(plane, before.id) == 0
    later = plane.pki.clock() + timedelta(minutes=3)
    assert [mark.id for mark in plane.units.parts.incidents.settled(later)] == [f"certificate#{before.id}"]


def test_room_leaves_space_for_a_mark(plane: ControlPlane) -> None:
    before = plane.issued()
    unit = begun(plane, before.id)
    unit.save(before, edited(plane, before), event="certificate_updated")
    assert unit.room == MAX_ACTIONS - 2 - 1


def test_rows_that_belong_together_are_written_before_if_they_do_not_fit(plane: ControlPlane) -> None:
    unit = begun(plane)
    unit.write(*rows(plane, MAX_ACTIONS - 1))
    unit.write_together(Group(rows(plane, 2, "together")))
    unit.write_if_room(Group(rows(plane, 2, "dispensable")))
    unit.write_if_room(Group(rows(plane, 1, "fits")))
    with recorded(plane.pki.database.client) as recording:
        unit.commit()
    assert [len(c.parameters["TransactItems"]) for c in recording.calls] == [2, MAX_ACTIONS]
    assert "dispensable" not in str(recording.transactions)


def test_what_is_included_goes_into_the_transaction_with_its_event(plane: ControlPlane) -> None:
    unit = begun(plane)
    event = Event("something_happened", Resource("policy", "pol-1"), {})
    unit.include(Group(rows(plane, 2), [event]) + Group(rows(plane, 1, "more")))
    actions = committed(plane, unit)
    assert sorted(tables(actions)) == ["audit", *3 * ["state"]]


def test_what_is_included_is_never_written_apart(plane: ControlPlane) -> None:
    unit = begun(plane)
    unit.write(*rows(plane, MAX_ACTIONS - 1))
    unit.include(Group(rows(plane, 2, "included")))
    with recorded(plane.pki.database.client) as recording, pytest.raises(TooManyWrites):
        unit.commit()
    assert recording.transactions == []


def test_a_job_is_nudged_if_its_worker_can_begin(plane: ControlPlane) -> None:
    later = plane.pki.clock() + timedelta(hours=1)
    unit = begun(plane)
    unit.create(
        job(plane),
        job(plane, id="job-2", status=JobStatus.AWAITING_CSR),
        job(plane, id="job-3", due=Due(due_at=later)),
        job(plane, id="job-4", worker=Worker.EXTERNAL),
    )
    unit.commit()
    assert [(n.id, n.is_external) for n in plane.job_nudges] == [("job-1", False), ("job-4", True)]
    assert plane.totals()["jobs_open"] == 4


def test_a_cancelled_order_is_settled_later(plane: ControlPlane) -> None:
    ordered = job(plane, worker=Worker.EXTERNAL, work=Order('{"finalizing": true}'))
    unit = begun(plane)
    unit.create(ordered)
    unit.commit()
    unit = begun(plane)
    unit.cancel([ordered], "it was revoked")

    unit.commit()

    assert plane.job("job-1").status is JobStatus.CANCELLED
    assert {name: plane.totals()[name] for name in ("jobs_open", "jobs_cancelled")} == {
        "jobs_open": 1,
        "jobs_cancelled": 1,
    }


def test_what_is_refused_wakes_nobody(plane: ControlPlane) -> None:
    stored = plane.issued()
    overtaken = replace(stored, revision=stored.revision - 1)
    woken: list[str] = []
    unit = begun(plane, stored.id)
    unit.save(overtaken, edited(plane, overtaken), event="certificate_updated")
    unit.create(job(plane))
    unit.after_commit(lambda: woken.append("crl"))
    with pytest.raises(Conflict):
        unit.commit()
    assert (woken, plane.job_nudges) == ([], [])


def test_a_nudge_that_fails_stops_neither_the_others_nor_the_caller(plane: ControlPlane) -> None:
    woken: list[str] = []
    unit = begun(plane)
    unit.create(job(plane))
    unit.after_commit(lambda: woken.remove("nobody"))
    unit.after_commit(lambda: woken.append("crl"))
    unit.commit()
    assert woken == ["crl"]


def test_a_unit_commits_once_and_saves_one_certificate(plane: ControlPlane) -> None:
    before = plane.issued()
    unit = begun(plane, before.id)
    unit.save(before, edited(plane, before), event="certificate_updated")
    with pytest.raises(ValueError, match="one certificate"):
        unit.save(before, edited(plane, before), event="certificate_updated")
    unit.commit()
    with pytest.raises(ValueError, match="once"):
        unit.commit()


def test_an_event_without_a_row_is_a_change_too(plane: ControlPlane) -> None:
    certificate = plane.issued()
    unit = begun(plane, certificate.id)
    unit.event("certificate_csr_submitted", certificate_resource(certificate), {"job_id": "job-1"})
    assert unit.commit() is None
    assert "certificate_csr_submitted" in plane.actions(certificate.id)
