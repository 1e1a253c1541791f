from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.certificates import EXPIRING_WINDOW, Certificate, Lifecycle, Status
from certctl.domain.tallies import Tally, certificate_counts, certificate_tally, expiring_by_days
from tests.support.fleet import live

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _leaf(lifetime: timedelta) -> Certificate:
    return live("mc-1", NOON, NOON + lifetime, not_before=NOON)


def _as_stored(tally: Tally, today: datetime) -> Tally:
    """Written to the rows of days and read again, as far as the counters are read."""
    rows = tally.by_day(f"{today:%F}")
    read = {day: amounts for day, amounts in rows.items() if day <= f"{today + EXPIRING_WINDOW:%F}"}
    expires = {day: amounts["expires"] for day, amounts in read.items()}
    return Tally(tally.totals, expires, expiring_by_days(read))


@pytest.mark.parametrize("days", [1, 2, 6, 47, 90, 91, 200, 398])
def test_counts_of_a_live_certificate_follow_its_status_day_by_day(days: int) -> None:
    leaf = _leaf(timedelta(days=days))
    for day in range(days):
        end_of_day = (NOON + timedelta(days=day)).replace(hour=23, minute=59)
        if end_of_day >= NOON + timedelta(days=days):
            return
        counted = certificate_counts(_as_stored(certificate_tally(leaf), end_of_day), end_of_day.date())
        assert counted.by_status[leaf.status(end_of_day)] == 1, f"day {day}"


def test_a_certificate_counts_as_expired_from_the_day_after() -> None:
    leaf = _leaf(timedelta(days=200))
    for day, status in ((200, Status.EXPIRING), (201, Status.EXPIRED)):
        today = NOON + timedelta(days=day)
        counted = certificate_counts(_as_stored(certificate_tally(leaf), today), today.date())
        assert counted.by_status[status] == 1


def test_both_days_of_a_certificate_are_in_one_row() -> None:
    """Two rows would cost every issue, renewal and revocation two write units more."""
    assert len(certificate_tally(_leaf(timedelta(days=200))).by_day("2026-11-24")) == 1


def test_what_is_taken_away_leaves_nothing() -> None:
    tally = certificate_tally(_leaf(timedelta(days=200)))
    assert tally - tally == Tally()


def test_what_is_not_live_has_no_days() -> None:
    revoked = live("mc-1", NOON, NOON + timedelta(days=1), lifecycle=Lifecycle.REVOKED)
    assert certificate_tally(revoked) == Tally({"certificates": 1, "Revoked": 1})
