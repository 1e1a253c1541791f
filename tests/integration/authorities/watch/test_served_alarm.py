"""What relying parties are not shown raises the alarm ServedMargin in time, and becomes an alert.
status_watch and maintenance run on their schedules by their real code; the alarm is evaluated as CloudWatch
does."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.crypto.status.ocsp_responses import OcspError, error_response
from certctl.domain.insights.margins import SERVED
from certctl.domain.status.looks import OVERDUE_AFTER, Way
from certctl.store.notifications.items import NotificationItem
from tests.integration.authorities.watch.conftest import Watching
from tests.support.authorities.pki import BUCKET
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.insights.alarm_states import Point, raised_at
from tests.support.insights.alarms import alarms
from tests.support.insights.emf import metrics_of

_MINUTE = timedelta(minutes=1)
_RAISED_WITHIN = timedelta(minutes=3)
_ALERTED_WITHIN = timedelta(minutes=5)
_MAINTAINED_EVERY = 5


@dataclass
class _Schedules:
    """From `begin` on; half an hour before that was healthy."""

    watching: Watching
    plane: ControlPlane
    begin: datetime
    points: list[Point] = field(default_factory=list)
    alerted: dict[str, datetime] = field(default_factory=dict)
    """When the alert of each incident was made."""

    def run(self, minutes: int) -> None:
        for minute in range(1, minutes + 1):
            self.watching.after(_MINUTE.total_seconds())
            self._watch()
            if minute % _MAINTAINED_EVERY == 0:
                self._maintain()

    def raised(self) -> datetime | None:
        return raised_at(alarms()[SERVED], self.points, self.begin, self.plane.pki.clock())

    def _watch(self) -> None:
        written = io.StringIO()
        with redirect_stdout(written):
            self.watching.look_at_all()
        (sent,) = [each for each in metrics_of(written.getvalue()) if each.name == SERVED]
        self.points.append(Point(self.plane.pki.clock(), sent.values[0]))

    def _maintain(self) -> None:
        before = len(self.plane.notification_nudges)
        MaintenanceSchedule(self.plane.overrides).revocation_delays.run()
        for nudge in self.plane.notification_nudges[before:]:
            alert = NotificationItem.get(nudge.id)
            assert (alert.severity.value, alert.action.value) == ("critical", "trigger")
            self.alerted[alert.dedup_key.partition("/")[2]] = self.plane.pki.clock()


@pytest.fixture
def schedules(watching: Watching) -> _Schedules:
    plane = ControlPlane(watching.responding.pki)
    plane.channels = CHANNELS[:1]
    MaintenanceSchedule(plane.overrides).revocation_delays.run()  # those of other tests are over
    begin = plane.pki.clock()
    return _Schedules(watching, plane, begin, [Point(begin - n * _MINUTE, 1.5) for n in range(30)])


def _unpublished(_: Watching) -> None:
    """crl_publisher stands still."""


def _published_and_not_served(watching: Watching) -> None:
    """The edge keeps what it has."""
    path = f"/pki/{watching.responding.authority.ca_id}/0.crl"
    kept = watching.responding.pki.s3.get_object(Bucket=BUCKET, Key=path.lstrip("/"))
    watching.host.instead[path] = (200, {"etag": kept["ETag"]}, kept["Body"].read())
    watching.responding.publish()


def _stop_responder(watching: Watching) -> None:
    watching.host.ocsp = lambda _: error_response(OcspError.TRY_LATER)


def _published_without_answers(watching: Watching) -> None:
    _stop_responder(watching)
    watching.responding.publish()


@pytest.mark.parametrize(
    ("way", "happens"),
    [
        (Way.CRL, _unpublished),
        (Way.CRL, _published_and_not_served),
        (Way.OCSP, _published_without_answers),
    ],
)
def test_an_overdue_revocation_raises_the_alarm_and_is_an_alert(
    schedules: _Schedules, way: Way, happens: Callable[[Watching], None]
) -> None:
    schedules.watching.revoke()
    happens(schedules.watching)
    overdue = schedules.begin + OVERDUE_AFTER[way]

    schedules.run(minutes=10)

    raised = schedules.raised()
    assert raised
    assert overdue < raised <= overdue + _RAISED_WITHIN
    ca_id = schedules.watching.responding.authority.ca_id
    (alert,) = schedules.alerted.items()
    assert alert[0] == f"RevocationDelayed/{ca_id}/{way}"
    assert alert[1] <= raised + _ALERTED_WITHIN


def test_a_revocation_that_is_published_in_time_raises_nothing(schedules: _Schedules) -> None:
    revoked = schedules.watching.revoke()
    schedules.run(minutes=1)
    schedules.watching.responding.publish()
    schedules.run(minutes=15)
    assert schedules.watching.receipt(revoked).crl_seen_at
    assert schedules.raised() is None
    assert schedules.alerted == {}


def test_a_responder_that_stops_right_after_a_look_raises_the_alarm_within_15_minutes(
    schedules: _Schedules,
) -> None:
    _stop_responder(schedules.watching)
    schedules.run(minutes=15)
    raised = schedules.raised()
    assert raised
    assert schedules.begin < raised <= schedules.begin + timedelta(minutes=15)
