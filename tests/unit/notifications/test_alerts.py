"""The rows of an alert: incidents that resolves find again, and mutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.certificates.certificates import MAX_OPEN_FAILURES, Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.alerts import Alert, notifications_for
from certctl.domain.notifications.mutes import Mute
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.notifications.statuses import Action, NotificationStatus, Severity
from certctl.domain.renewal.alerts import issuance_alerts, issuance_failure_alert
from certctl.domain.revocation.alerts import reports_hold, revocation_alert, unheld_alert
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE
from certctl.domain.revocation.requests import RevocationRequest
from tests.support.agents.fleet import certificate, live

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
SHOP = live("mc-shop", NOW, NOW + timedelta(days=90), serial_number="4f2a", owner_id="o-ann", team_id="t-web")
PENDING = certificate("mc-new", NOW)
SLACK = ChannelConfig("slack-default", ChannelKind.SLACK, {})


def version(serial: str, state: VersionState = VersionState.ISSUED) -> Version:
    return Version("mc-shop", serial, "ca-1", 0, "job-1", state, NOW, NOW + timedelta(days=90), NOW)


def mute(**fields: Any) -> Mute:
    made = Mute("mute-1", "t-web", NOW, NOW + timedelta(hours=1), "upgrade", "key-1", NOW)
    return replace(made, **fields)


def row(alert: Alert, *mutes: Mute, at: datetime = NOW) -> Any:
    (made,) = notifications_for(alert, RoutingFacts(CHANNEL_KINDS, [SLACK], mutes=mutes), at)
    return made


@pytest.mark.parametrize("reserved", [True, False])
def test_unholding_ends_the_incident_that_the_hold_opened(reserved: bool) -> None:
    """So it is if a version was reserved concurrently that nobody has seen yet."""
    versions = [version("99ff", VersionState.RESERVED)] if reserved else [version("4f2a")]
    opened, ended = row(revocation_alert(SHOP, versions, RevocationRequest(HOLD))), row(unheld_alert(SHOP))
    assert (opened.action, ended.action) == (Action.TRIGGER, Action.RESOLVE)
    assert opened.dedup_key == ended.dedup_key == "Revocation/mc-shop/4f2a"
    assert opened.severity is ended.severity is Severity.WARNING


def test_the_trigger_of_a_hold_is_told_from_that_of_a_revocation() -> None:
    versions = [version("4f2a")]
    assert reports_hold(row(revocation_alert(SHOP, versions, RevocationRequest(HOLD))))
    assert not reports_hold(row(revocation_alert(SHOP, versions, RevocationRequest(KEY_COMPROMISE))))
    assert not reports_hold(row(unheld_alert(SHOP)))


def test_the_revocation_of_one_version_is_an_incident_of_its_own() -> None:
    alert = revocation_alert(SHOP, [version("77aa")], RevocationRequest("superseded"), "77aa")
    assert alert.dedup_key == "Revocation/mc-shop/77aa"
    assert alert.title.startswith("A version of certificate")


@pytest.mark.parametrize(("failing", "serial"), [(PENDING, "-"), (SHOP, "4f2a")])
def test_a_success_resolves_the_incident_of_the_failure_before_it(failing: Certificate, serial: str) -> None:
    failed = failing.failed(NOW, "KMS is down")
    opened = row(issuance_failure_alert(failed, "no CA"))
    resolve, *_ = issuance_alerts(failed, failed.issued(version("77aa"), NOW))
    ended = row(resolve)
    assert opened.dedup_key == ended.dedup_key == f"RenewalFailure/{failing.id}/{serial}"
    assert (ended.action, ended.severity) == (Action.RESOLVE, opened.severity)
    assert ended.facts.serial == "77aa"


def test_where_nothing_had_failed_a_success_says_nothing() -> None:
    (success,) = issuance_alerts(SHOP, SHOP.issued(version("77aa"), NOW))
    assert notifications_for(success, RoutingFacts(CHANNEL_KINDS, [SLACK]), NOW) == []
    assert issuance_alerts(PENDING, SHOP) == []
    assert SHOP.failed(NOW, "KMS is down").issued(version("77aa"), NOW).open_failures == ()


def test_failures_under_several_versions_are_all_resolved_up_to_a_bound() -> None:
    failed = SHOP.failed(NOW, "KMS is down").failed(NOW, "again")
    assert failed.open_failures == ("4f2a",)
    for number in range(5):
        failed = replace(failed, serial_number=f"{number:04x}").failed(NOW, "KMS is down")
    assert failed.open_failures == ("0003", "0004")
    alerts = issuance_alerts(failed, failed)
    assert sum(a.action is Action.RESOLVE for a in alerts) == MAX_OPEN_FAILURES


def test_a_muted_row_is_complete_without_being_sent() -> None:
    made = row(revocation_alert(SHOP, [], RevocationRequest("superseded")), mute())
    assert (made.status, made.outcome, made.sent_at) == (NotificationStatus.SENT, "muted", None)
    assert made.due.due_at is None


@pytest.mark.parametrize(
    ("given", "minutes", "is_muted"),
    [
        ({}, 0, True),
        ({}, 59, True),
        ({}, 60, False),
        ({}, -1, False),
        ({"certificate_id": "mc-shop"}, 0, True),
        ({"certificate_id": "mc-other"}, 0, False),
        ({"team_id": "t-other"}, 0, False),
        ({"team_id": "t-other", "certificate_id": "mc-shop"}, 0, True),
        ({"severities": (Severity.INFO, Severity.WARNING)}, 0, False),
        ({"severities": (Severity.CRITICAL,)}, 0, True),
    ],
)
def test_what_a_mute_covers_and_when(given: dict[str, Any], minutes: int, is_muted: bool) -> None:
    made = row(issuance_failure_alert(SHOP, "no CA"), mute(**given), at=NOW + timedelta(minutes=minutes))
    assert (made.outcome == "muted") == is_muted


def test_a_resolve_is_never_muted() -> None:
    made = row(unheld_alert(SHOP), mute())
    assert (made.status, made.outcome) == (NotificationStatus.PENDING, None)
