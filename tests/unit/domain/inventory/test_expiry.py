"""When the expiry of an observed certificate is reported."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from certctl.crypto.inventory.facts import parse
from certctl.domain.inventory.expiry import UNKNOWN_ISSUANCE, AlertPlan, planned, reported, resolved
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.statuses import ObservedState, Trust
from tests.support.inventory.made import NOW, Maker, observed

DAY = timedelta(days=1)


def _found(*, days: int = 90, begins: datetime = NOW, **changes: object) -> ObservedCertificate:
    leaf = parse(Maker().leaf("www.example.com", begins=begins, days=days))
    return observed(leaf, **({"sightings": 1} | changes))


def _alerts(certificate: ObservedCertificate) -> list[int]:
    """The days before the end of the alerts, if each is sent when it is due."""
    days, now = list[int](), certificate.first_seen_at
    while (at := AlertPlan(certificate).next_at) is not None:
        assert at > now, "an alert is due at once"
        now, due = at, AlertPlan(certificate).expiry(at)
        assert due is not None
        days.append((certificate.facts.not_after - at).days)
        certificate = reported(certificate, str(due.threshold))
    return days


def test_alerts_are_due_30_14_7_and_0_days_before_the_end() -> None:
    assert _alerts(_found()) == [30, 14, 7, 0]


@pytest.mark.parametrize(("days", "alerts"), [(47, [14, 7, 0]), (20, [7, 0]), (6, [0])])
def test_thresholds_of_more_than_half_of_the_lifetime_are_dropped(days: int, alerts: list[int]) -> None:
    assert _alerts(_found(days=days)) == alerts


def test_what_another_program_renews_is_reported_when_that_is_overdue() -> None:
    assert _alerts(_found(renewed_by="certbot")) == [14, 7, 0]
    assert _alerts(_found(days=200, renewed_by="certbot")) == [24, 14, 7, 0]


@pytest.mark.parametrize(("left", "alerts"), [(20, [14, 7, 0]), (5, [0]), (-1, [])])
def test_what_had_passed_at_the_first_sighting_is_not_reported(left: int, alerts: list[int]) -> None:
    assert _alerts(_found(begins=NOW - timedelta(days=90 - left))) == alerts


def test_a_missed_run_sends_the_tightest_threshold_alone_marked_late() -> None:
    certificate = _found()
    due = AlertPlan(certificate).expiry(certificate.facts.not_after - 5 * DAY)
    assert due is not None
    assert (due.threshold, due.is_late) == (7, True)


@pytest.mark.parametrize(
    "change",
    [
        {"state": ObservedState.MANAGED},
        {"state": ObservedState.DISMISSED},
        {"gone_at": NOW},
        {"superseded_by": "ff" * 32},
        {"sightings": 0},
    ],
    ids=str,
)
def test_what_nobody_has_to_renew_has_no_alert_and_ends_the_one_it_had(change: dict[str, object]) -> None:
    assert planned(replace(_found(), **change)).next_alert_at is None  # type: ignore[arg-type]
    warned = planned(replace(reported(_found(), "30"), **change))  # type: ignore[arg-type]
    assert AlertPlan(warned).resolves
    assert warned.next_alert_at == warned.first_seen_at
    assert resolved(warned).next_alert_at is None


def test_a_ca_has_no_alert() -> None:
    assert planned(observed(parse(Maker().certificate()), sightings=1)).next_alert_at is None


def test_an_issuance_that_nobody_knows_is_reported_at_once_and_once() -> None:
    certificate = planned(_found(trust=Trust.OURS))
    assert certificate.next_alert_at == certificate.first_seen_at
    told = reported(certificate, UNKNOWN_ISSUANCE)
    assert not AlertPlan(told).reports_issuance
    assert _alerts(told) == [30, 14, 7, 0]
    assert resolved(replace(reported(told, "30"), gone_at=NOW)).alerted == (UNKNOWN_ISSUANCE,)
