from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState, Status
from certctl.domain.insights.counters import CounterDelta, certificate_counts, certificate_delta
from tests.support.agents.fleet import certificate, live

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _leaf(lifetime: timedelta) -> Certificate:
    return live("mc-1", NOON, NOON + lifetime, not_before=NOON)


MIDNIGHT = NOON.replace(hour=0)


def _days_before_the_end(leaf: Certificate) -> timedelta:
    """From the midnight on which it becomes Expiring to its end."""
    moments = (MIDNIGHT + timedelta(days=day) for day in range(400))
    begins = next(at for at in moments if leaf.status(at) is Status.EXPIRING)
    assert leaf.status(begins - timedelta(seconds=1)) is Status.ACTIVE
    return (leaf.expires_at or NOON) - begins


@pytest.mark.parametrize(
    ("lifetime", "last_days"), [(1, 1), (2, 1), (3, 2), (6, 2), (9, 3), (47, 15), (90, 30), (398, 30)]
)
def test_it_is_expiring_on_its_last_days_from_midnight_on(lifetime: int, last_days: int) -> None:
    left = _days_before_the_end(_leaf(timedelta(days=lifetime)))
    assert left == timedelta(days=last_days - 1, hours=12)


@pytest.mark.parametrize("days", [9, 47, 60, 90, 200, 398])
def test_a_renewal_in_time_begins_before_it_is_expiring(days: int) -> None:
    """The widest window of a renewal is a third of the lifetime (renewals.py)."""
    leaf = _leaf(timedelta(days=days))
    renewed_at = NOON + timedelta(days=days) - min(timedelta(days=30), timedelta(days=days) / 3)
    assert leaf.status(renewed_at + timedelta(hours=2)) is Status.ACTIVE


@pytest.mark.parametrize("state", RenewalState)
def test_no_renewal_hides_that_it_runs_out(state: RenewalState) -> None:
    leaf = replace(_leaf(timedelta(days=200)), renewal_state=state)
    four_days_left, over = NOON + timedelta(days=196), NOON + timedelta(days=205)
    assert (leaf.status(four_days_left), leaf.status(over)) == (Status.EXPIRING, Status.EXPIRED)


@pytest.mark.parametrize("lifecycle", [Lifecycle.REVOKED, Lifecycle.ARCHIVED, Lifecycle.ON_HOLD])
@pytest.mark.parametrize("state", RenewalState)
def test_an_end_or_a_hold_goes_before_all_else(lifecycle: Lifecycle, state: RenewalState) -> None:
    leaf = replace(_leaf(timedelta(days=200)), lifecycle=lifecycle, renewal_state=state)
    assert leaf.status(NOON + timedelta(days=205)).value == lifecycle.value


def test_it_is_expired_from_the_second_on() -> None:
    leaf = _leaf(timedelta(days=200))
    end = NOON + timedelta(days=200)
    assert leaf.status(end - timedelta(seconds=1)) is Status.EXPIRING
    assert leaf.status(end) is Status.EXPIRED


def test_only_before_the_first_version_is_it_failed() -> None:
    asked = certificate("mc-1", NOON)
    assert asked.status(NOON) is Status.PENDING
    assert asked.failed(NOON, "KMS is down").status(NOON) is Status.FAILED


def test_why_a_renewal_failed_is_known_until_one_succeeds() -> None:
    leaf = _leaf(timedelta(days=200))
    failed = leaf.failed(NOON, "KMS is down" * 50)
    again = failed.with_changes(NOON, renewal_state=RenewalState.IN_PROGRESS)
    assert len(failed.last_failure or "") == 256
    assert again.last_failure == failed.last_failure
    assert (leaf.last_failure, again.stopped(NOON).last_failure) == (None, None)


def test_counters_of_before_statuses_were_one_function_stay_readable() -> None:
    """What was being renewed was in no row of a day: until the recount it is counted as being renewed."""
    stored = CounterDelta({"certificates": 2, "live": 1, "RenewalInProgress": 1}, {"2027-06-12": 1})
    counted = certificate_counts(stored, NOON.date(), 0).by_status
    assert {status: n for status, n in counted.items() if n} == {"Active": 1, "RenewalInProgress": 1}


def test_what_ended_its_renewal_before_the_recount_costs_no_count_below_zero() -> None:
    renewed = replace(_leaf(timedelta(days=20)), renewal_state=RenewalState.IN_PROGRESS)
    after = replace(renewed, renewal_state=RenewalState.IDLE, expires_at=NOON + timedelta(days=200))
    stored = CounterDelta({"certificates": 1, "RenewalInProgress": 1})
    changed = stored + (certificate_delta(after) - certificate_delta(renewed))
    counted = certificate_counts(changed, (NOON + timedelta(days=30)).date(), 0)
    assert min(counted.by_status.values()) == 0
    assert counted.total == 1


def test_both_days_of_a_certificate_are_in_one_row() -> None:
    """Two rows would cost every issue, renewal and revocation two write units more."""
    assert len(certificate_delta(_leaf(timedelta(days=200))).by_day("2026-11-24")) == 1


def test_what_is_taken_away_leaves_nothing() -> None:
    tally = certificate_delta(_leaf(timedelta(days=200)))
    assert tally - tally == CounterDelta()


def test_what_is_not_live_has_no_days() -> None:
    revoked = live("mc-1", NOON, NOON + timedelta(days=1), lifecycle=Lifecycle.REVOKED)
    assert certificate_delta(revoked) == CounterDelta({"certificates": 1, "Revoked": 1})
