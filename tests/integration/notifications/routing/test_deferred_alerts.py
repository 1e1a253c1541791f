"""Alerts that need more actions than one transaction has."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationStatus
from certctl.store.database import Database
from certctl.store.notifications.deferred import KIND, DeferredAlerts
from certctl.store.notifications.lists import NotificationIndexes
from certctl.store.notifications.notifications import NotificationStore
from certctl.unit_of_work.alerts import AT_ONCE
from tests.integration.notifications.routing.test_alerts import failed_renewal
from tests.support.functions.control_plane import ControlPlane
from tests.support.notifications.engine import Engine

MANY, ENOUGH = 300, 150
PLENTY = timedelta(minutes=5)


def channels(count: int) -> tuple[ChannelConfig, ...]:
    settings = {"url": "https://hooks.example/x"}
    return tuple(ChannelConfig(f"hook-{n:03}", ChannelKind.WEBHOOK, settings) for n in range(count))


@pytest.fixture
def crowded(plane: ControlPlane) -> ControlPlane:
    plane.channels = channels(ENOUGH)
    return plane


def rows_of(database: Database, certificate_id: str) -> list[Notification]:
    """However many."""
    (stage,) = NotificationIndexes(database).of_certificate(certificate_id)
    return NotificationStore(database).get_many([row.id for row in stage.reads[0]("", 1000).rows])


def sweep(plane: ControlPlane) -> Any:
    engine = Engine(plane.pki.database, plane.pki.clock)
    engine.channels = {channel.channel_id: channel for channel in plane.channels}
    return engine.sweeping.run(lambda: PLENTY)


def deferred(plane: ControlPlane) -> DeferredAlerts:
    return DeferredAlerts(plane.pki.database, plane.pki.clock)


def told(plane: ControlPlane, certificate: Certificate, action: Action) -> Counter[str]:
    rows = rows_of(plane.pki.database, certificate.id)
    return Counter(row.channel_id for row in rows if row.action is action)


@pytest.mark.slow
def test_300_rows_of_a_revocation_are_written_once_each_and_delivered(crowded: ControlPlane) -> None:
    crowded.channels = channels(MANY)
    certificate = crowded.issued()
    crowded.notification_nudges.clear()
    crowded.revoked(certificate.id)
    assert len(crowded.notification_nudges) == len(rows_of(crowded.pki.database, certificate.id)) == AT_ONCE

    report = sweep(crowded)

    rows = rows_of(crowded.pki.database, certificate.id)
    assert Counter(row.channel_id for row in rows) == Counter(c.channel_id for c in crowded.channels)
    assert {(row.status, row.outcome) for row in rows} == {(NotificationStatus.SENT, "delivered")}
    assert (report.undeferred, report.errors) == (MANY - AT_ONCE, 0)
    assert sweep(crowded).undeferred == 0


@pytest.mark.slow
def test_an_issuance_that_ends_an_incident_on_150_channels_is_published(crowded: ControlPlane) -> None:
    certificate = crowded.issued()
    failed_renewal(crowded, certificate.id)

    crowded.rekeyed(certificate.id)
    deferred(crowded).write(lambda: True)

    assert crowded.certificate(certificate.id).open_failures == ()
    for action in (Action.TRIGGER, Action.RESOLVE):
        assert told(crowded, certificate, action) == Counter(c.channel_id for c in crowded.channels)


def test_a_process_that_dies_between_two_parts_leaves_the_rest_to_the_next(crowded: ControlPlane) -> None:
    certificate = crowded.issued()
    crowded.revoked(certificate.id)
    goes_on = iter([True, False])

    first = deferred(crowded).write(lambda: next(goes_on))
    rest = deferred(crowded).write(lambda: True)

    assert 0 < first < ENOUGH - AT_ONCE
    assert first + rest == ENOUGH - AT_ONCE
    assert len(rows_of(crowded.pki.database, certificate.id)) == ENOUGH


def test_a_part_that_was_written_already_neither_overwrites_nor_holds_up_the_others(
    crowded: ControlPlane, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = crowded.issued()
    crowded.revoked(certificate.id)
    state = crowded.pki.database.client
    first, *_ = state.query(
        TableName="state",
        KeyConditionExpression="kind = :kind",
        ExpressionAttributeValues={":kind": {"S": KIND}},
    )["Items"]
    state.put_item(TableName="state", Item=first | {"id": {"S": "zz"}})

    written = deferred(crowded).write(lambda: True)

    assert written == ENOUGH - AT_ONCE
    assert len(rows_of(crowded.pki.database, certificate.id)) == ENOUGH
    assert "already exist" in caplog.text
