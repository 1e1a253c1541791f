"""Alerts about revocations that no relying party sees in time: one for each CA and way, and their end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.status.looks import Way
from certctl.domain.status.propagation import Overdue
from certctl.store.notifications.items import NotificationItem
from certctl.store.status.watch_log import WatchLog
from tests.support.aws.clients import REGION, local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.prepared import prepared_pki

OLDEST = datetime(2026, 11, 27, 12, tzinfo=UTC)
LATE = Overdue("ca-1", Way.CRL, 3, 2, OLDEST)


@pytest.fixture
def plane(monkeypatch: pytest.MonkeyPatch) -> Iterator[ControlPlane]:
    monkeypatch.setenv("CERTCTL_STACK", "certctl")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "maintenance_schedule")
    with local_aws():
        plane = ControlPlane(prepared_pki(new_database(), Clock()))
        plane.channels = CHANNELS[:1]
        yield plane


def _log(plane: ControlPlane) -> WatchLog:
    return WatchLog(plane.pki.database)


def _reported(plane: ControlPlane) -> list[NotificationItem]:
    before = len(plane.notification_nudges)
    sent = MaintenanceSchedule(plane.overrides).revocation_delays.run()
    rows = [NotificationItem.get(nudge.id) for nudge in plane.notification_nudges[before:]]
    assert len(rows) == sent
    return rows


def test_a_delay_is_one_critical_alert_for_each_ca_and_way(plane: ControlPlane) -> None:
    _log(plane).keep(LATE)
    _log(plane).keep(replace(LATE, way=Way.OCSP, count=1))
    alerts = _reported(plane)
    assert {(row.severity.value, row.action.value) for row in alerts} == {("critical", "trigger")}
    keys = {row.dedup_key.partition("/")[2] for row in alerts}
    assert keys == {"RevocationDelayed/ca-1/crl", "RevocationDelayed/ca-1/ocsp"}
    (by_crl,) = [row for row in alerts if row.dedup_key.endswith("crl")]
    assert by_crl.subject == "Revocations of ca-1 are not in its CRLs"
    assert "3 revocations are not in its CRLs" in by_crl.message
    assert "more than 120 seconds" in by_crl.message
    _log(plane).keep(replace(LATE, count=5, runs=3))
    assert _reported(plane) == []


def test_one_minute_is_no_delay(plane: ControlPlane) -> None:
    _log(plane).keep(replace(LATE, runs=1))
    assert _reported(plane) == []


def test_the_alert_resolves_itself_and_a_later_delay_is_a_new_one(plane: ControlPlane) -> None:
    _log(plane).keep(LATE)
    (trigger,) = _reported(plane)
    _log(plane).keep(Overdue("ca-1", Way.CRL, 0, 0))
    (resolve,) = _reported(plane)
    assert (resolve.action.value, resolve.dedup_key) == ("resolve", trigger.dedup_key)
    assert _reported(plane) == []
    _log(plane).keep(LATE)
    assert [row.action.value for row in _reported(plane)] == ["trigger"]


def test_what_another_run_has_reported_is_not_reported_again(plane: ControlPlane) -> None:
    _log(plane).keep(LATE)
    (seen,) = _log(plane).overdue()
    assert len(_reported(plane)) == 1
    with pytest.raises(Exception, match="changed concurrently"):
        plane.pki.database.transact([_log(plane).alerted_step(seen, OLDEST + timedelta(minutes=5))])
