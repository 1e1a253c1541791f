"""Alerts in the tables: which channels get a row, the effect of a mute, and resolutions."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.subjects import subject_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.routing import Route
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity
from certctl.services.notifications.relevance import AlertRelevance
from certctl.store.agents.states import AgentStateStore
from certctl.store.database import Database
from tests.support.costs.write_units import item_bytes
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.notifications.engine import Engine
from tests.support.notifications.routed import rows_of, set_address, set_mute, set_rule

MAIL = ChannelConfig("email-default", ChannelKind.EMAIL, {"to": "pki@example.com"})
MINUTE = timedelta(seconds=60)


def rows(plane: ControlPlane, certificate_id: str) -> list[Notification]:
    return rows_of(plane.pki.database, certificate_id)


def actions(made: list[Notification]) -> dict[Action, int]:
    return dict(Counter(row.action for row in made))


def told(plane: ControlPlane, certificate_id: str) -> set[str]:
    return {row.channel_id for row in rows(plane, certificate_id)}


def stored(plane: ControlPlane, notification_id: str) -> dict[str, Any]:
    key = {"notification_id": {"S": notification_id}}
    item: dict[str, Any] = plane.pki.database.client.get_item(TableName="notifications", Key=key)["Item"]
    return item


def causes_of(plane: ControlPlane) -> AlertRelevance:
    return AlertRelevance(plane.stores.certificates, AgentStateStore(plane.pki.database))


def refuse(_: Any) -> Any:
    raise InvalidInput("The CA cannot sign this.")


def failed_renewal(plane: ControlPlane, certificate_id: str) -> None:
    certificate = plane.certificate(certificate_id)
    assert certificate.open_job_id is None
    plane.issuance.renew(ADMIN, certificate_id, None)
    plane.pki.clock.advance(timedelta(hours=24, seconds=1))
    plane.due_jobs.run(lambda: True)


def test_rules_decide_by_severity_type_owner_and_team(plane: ControlPlane) -> None:
    database = plane.pki.database
    set_rule(database, "team:t-default", Route(("slack-default",), (Severity.CRITICAL,)))
    set_rule(database, "owner:o-ann", Route(("webhook-default",), (), (NotificationType.RENEWAL_FAILURE,)))
    of_team, of_ann = plane.issued(), plane.issued(owner_id="o-ann")
    for certificate in (of_team, of_ann):
        failed_renewal(plane, certificate.id)
    assert told(plane, of_team.id) == {"slack-default"}
    assert told(plane, of_ann.id) == {"webhook-default"}


def test_a_rule_takes_effect_within_a_minute(plane: ControlPlane) -> None:
    first, second, third = plane.issued(), plane.issued(), plane.issued()
    plane.channels = (*plane.channels, ChannelConfig("sns-default", ChannelKind.SNS, {}))
    plane.revoked(first.id)
    set_rule(plane.pki.database, "stack", Route(("sns-default",)))
    plane.revoked(second.id)
    plane.pki.clock.advance(MINUTE)
    plane.revoked(third.id)
    assert told(plane, first.id) == told(plane, second.id) == {"webhook-default", "slack-default"}
    assert told(plane, third.id) == {"webhook-default", "sns-default"}


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ({}, "pki@example.com"),
        ({("team", "t-default"): "web@example.com"}, "web@example.com"),
        ({("team", "t-default"): "web@example.com", ("owner", "o-default"): None}, "web@example.com"),
        (
            {("team", "t-default"): "web@example.com", ("owner", "o-default"): "ann@example.com"},
            "ann@example.com",
        ),
    ],
    ids=["the default", "the team's", "an owner without one", "the owner's"],
)
def test_mail_goes_to_the_owner_else_the_team_else_the_default(
    plane: ControlPlane, addresses: dict[tuple[str, str], str | None], expected: str
) -> None:
    plane.channels = (MAIL,)
    for (kind, identifier), email in addresses.items():
        set_address(plane.pki.database, kind, identifier, email)
    certificate = plane.issued()
    plane.revoked(certificate.id)
    assert [row.recipient for row in rows(plane, certificate.id)] == [expected]


def test_a_mail_channel_that_reaches_nobody_gets_no_row_and_says_so_once(
    plane: ControlPlane, caplog: pytest.LogCaptureFixture
) -> None:
    plane.channels = (*plane.channels, ChannelConfig("email-default", ChannelKind.EMAIL, {}))
    for certificate in (plane.issued(), plane.issued()):
        plane.revoked(certificate.id)
        assert told(plane, certificate.id) == {"webhook-default", "slack-default"}
    assert sum("mail goes nowhere" in record.getMessage() for record in caplog.records) == 1


def test_addresses_are_read_only_where_mail_is_sent(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = plane.issued()
    monkeypatch.setattr(Database, "batch_get", refuse)
    assert plane.routing.facts_of(subject_of(certificate)).address is None


def test_a_muted_alert_is_stored_as_sent_wakes_nobody_and_is_listed(plane: ControlPlane) -> None:
    certificate = plane.issued()
    set_mute(plane.pki.database, plane.pki.clock())
    plane.revoked(certificate.id)
    muted = rows(plane, certificate.id)
    assert [(row.status, row.outcome, row.sent_at) for row in muted] == [
        (NotificationStatus.SENT, "muted", None)
    ] * 2
    assert plane.notification_nudges == []
    for row in muted:
        assert not {"due_shard", "due_at"} & stored(plane, row.id).keys()


def test_a_muted_alert_is_requeued_and_delivered(plane: ControlPlane) -> None:
    certificate = plane.issued()
    set_mute(plane.pki.database, plane.pki.clock(), team_id="t-other", certificate_id=certificate.id)
    plane.revoked(certificate.id)
    engine = Engine(plane.pki.database, plane.pki.clock)
    engine.sweep()
    assert engine.provider.sends == []

    muted = rows(plane, certificate.id)[0]
    engine.requeueing.requeue(ADMIN, muted.id)
    engine.deliver(muted.id)

    after = engine.row(muted.id)
    assert (after.status, after.outcome) == (NotificationStatus.SENT, "delivered")
    assert engine.provider.deliveries(muted.id) == 1


def test_a_hold_before_the_mute_is_resolved_during_it(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, "certificateHold")
    set_mute(plane.pki.database, plane.pki.clock())
    plane.pki.clock.advance(MINUTE)
    plane.revoking.unhold(ADMIN, certificate.id)
    made = rows(plane, certificate.id)
    assert actions(made) == {Action.TRIGGER: 2, Action.RESOLVE: 2}
    assert {row.dedup_key for row in made} == {f"Revocation/{certificate.id}/{certificate.serial_number}"}
    assert {row.status for row in made} == {NotificationStatus.PENDING}


def test_the_trigger_of_a_hold_that_is_over_is_superseded(plane: ControlPlane) -> None:
    """The trigger waited for its channel, and must not reopen the incident that its resolution has closed."""
    certificate = plane.issued()
    plane.revoked(certificate.id, "certificateHold")
    (trigger, *_) = rows(plane, certificate.id)
    causes = causes_of(plane)
    assert not causes.is_resolved(trigger)
    plane.revoking.unhold(ADMIN, certificate.id)
    assert causes.is_resolved(trigger)


def test_a_hold_that_became_a_revocation_is_still_reported(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, "certificateHold")
    (trigger, *_) = rows(plane, certificate.id)
    plane.revoked(certificate.id, "superseded")
    assert not causes_of(plane).is_resolved(trigger)


def test_a_renewal_resolves_what_failures_before_it_opened(plane: ControlPlane) -> None:
    certificate = plane.issued()
    failed_renewal(plane, certificate.id)
    failed_renewal(plane, certificate.id)
    assert plane.certificate(certificate.id).open_failures == (certificate.serial_number,)
    plane.notification_nudges.clear()

    plane.rekeyed(certificate.id)

    made = rows(plane, certificate.id)
    resolves = [row for row in made if row.action is Action.RESOLVE]
    assert {row.channel_id for row in resolves} == {"webhook-default", "slack-default"}
    assert len(resolves) == 2
    assert {row.dedup_key for row in made} == {f"RenewalFailure/{certificate.id}/{certificate.serial_number}"}
    assert {row.severity for row in made} == {Severity.CRITICAL}
    assert {nudge.id for nudge in plane.notification_nudges} == {row.id for row in resolves}
    assert plane.certificate(certificate.id).open_failures == ()


def test_a_first_version_resolves_the_failures_before_it(plane: ControlPlane) -> None:
    requested = plane.requested()
    plane.work(plane.signing(key_of=refuse))
    plane.rekeyed(requested.certificate.id)
    made = rows(plane, requested.certificate.id)
    assert {row.dedup_key for row in made} == {f"RenewalFailure/{requested.certificate.id}/-"}
    assert actions(made) == {Action.TRIGGER: 2, Action.RESOLVE: 2}


def test_where_nothing_had_failed_a_renewal_makes_no_row(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.rekeyed(certificate.id)
    assert rows(plane, certificate.id) == []


def test_a_row_with_its_facts_costs_one_write_unit_until_it_is_delivered(plane: ControlPlane) -> None:
    name = "checkout-api.production.eu-central-1.shop.example.com"
    certificate = plane.issued(name, environment="production", owner_id="o-platform", team_id="t-checkout")
    plane.revoked(certificate.id, "keyCompromise")
    engine = Engine(plane.pki.database, plane.pki.clock)
    for row in rows(plane, certificate.id):
        sizes: list[int] = []

        def measure(row_id: str = row.id, sizes: list[int] = sizes) -> None:
            sizes.append(item_bytes(stored(plane, row_id)))

        engine.provider.after = measure
        engine.deliver(row.id)
        measure()
        assert max(sizes) <= 1024, sizes
        assert engine.row(row.id).facts.common_name == name
