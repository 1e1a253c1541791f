"""Each cause that uses up a margin is an alert of its own, once, and resolves itself."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.insights.margins import Cause, corrected_counters, ending_ca
from certctl.store.insights.margins import CauseLog, KnownCause
from certctl.store.notifications.items import NotificationItem
from tests.support.aws.clients import REGION, local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.prepared import prepared_pki

_QUEUE = Cause("queue/jobs", 0, "Messages of the queue jobs wait")
_SEALS = Cause("audit-seals", 0.9, "The audit trail has not been sealed in time")
_FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def plane(monkeypatch: pytest.MonkeyPatch) -> Iterator[ControlPlane]:
    monkeypatch.setenv("CERTCTL_STACK", "certctl")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "maintenance_schedule")
    with local_aws():
        plane = ControlPlane(prepared_pki(new_database(), Clock()))
        plane.channels = CHANNELS[:1]
        yield plane


def _reported(plane: ControlPlane, *causes: Cause) -> list[NotificationItem]:
    """The notifications of a run five minutes after the previous one."""
    plane.pki.clock.advance(_FIVE_MINUTES)
    before = len(plane.notification_nudges)
    sent = MaintenanceSchedule(plane.overrides).cause_alerts.report(causes)
    rows = [NotificationItem.get(nudge.id) for nudge in plane.notification_nudges[before:]]
    assert len(rows) == sent
    return rows


def test_a_cause_is_an_alert_once_two_runs_have_found_it(plane: ControlPlane) -> None:
    assert _reported(plane, _QUEUE) == []
    (alert,) = _reported(plane, _QUEUE)
    assert (alert.severity.value, alert.action.value) == ("critical", "trigger")
    assert alert.subject == _QUEUE.text
    assert alert.dedup_key.endswith("/StackMargin/queue/jobs")
    assert _reported(plane, _QUEUE) == []


def test_a_second_cause_is_an_alert_of_its_own_while_the_first_lasts(plane: ControlPlane) -> None:
    _reported(plane, _QUEUE)
    (first,) = _reported(plane, _QUEUE, _SEALS)
    (second,) = _reported(plane, _QUEUE, _SEALS)
    assert first.dedup_key != second.dedup_key
    assert second.subject == _SEALS.text


def test_it_resolves_itself_and_a_later_one_is_a_new_alert(plane: ControlPlane) -> None:
    _reported(plane, _QUEUE)
    (trigger,) = _reported(plane, _QUEUE)
    (resolve,) = _reported(plane)
    assert (resolve.action.value, resolve.dedup_key) == ("resolve", trigger.dedup_key)
    assert _reported(plane) == []
    assert _reported(plane, _QUEUE) == []
    assert [row.action.value for row in _reported(plane, _QUEUE)] == ["trigger"]


def test_what_a_single_run_found_alerts_nobody(plane: ControlPlane) -> None:
    assert _reported(plane, _QUEUE) == []
    assert _reported(plane) == []
    assert CauseLog(plane.pki.database).known() == {}


@pytest.mark.parametrize("concern", [ending_ca("ca-1"), corrected_counters()], ids=lambda each: each.name)
def test_what_needs_a_person_is_a_warning_at_once(plane: ControlPlane, concern: Cause) -> None:
    (alert,) = _reported(plane, concern)
    assert (alert.severity.value, alert.action.value) == ("warning", "trigger")
    assert alert.subject == concern.text
    (resolve,) = _reported(plane)
    assert (resolve.severity.value, resolve.action.value) == ("warning", "resolve")


def test_a_margin_above_one_is_no_cause(plane: ControlPlane) -> None:
    fine = Cause("jobs", 1.0, "Jobs are due")
    assert _reported(plane, fine) == _reported(plane, fine) == []


def test_what_another_run_has_reported_is_not_reported_again(plane: ControlPlane) -> None:
    known = KnownCause(_QUEUE, plane.pki.clock())
    log, database = CauseLog(plane.pki.database), plane.pki.database
    database.write(log.seen_step(known))
    database.write(log.alerted_step(known, plane.pki.clock()))
    assert _reported(plane, _QUEUE) == []
