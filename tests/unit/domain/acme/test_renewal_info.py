"""Renewal windows (RFC 9773), by example and for all lifetimes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.acme.renewal_info import past_window, retry_after
from certctl.domain.renewal.windows import RenewalWindow, window

NOW = datetime(2026, 12, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("lifetime", "left", "opens"),
    [(90 * DAY, 30 * DAY, 3 * DAY), (47 * DAY, 15 * DAY, 1.5 * DAY), (6 * DAY, 2 * DAY, 12 * HOUR)],
)
def test_the_window_opens_a_tenth_or_half_a_day_before_the_renewal_is_due(
    lifetime: timedelta, left: timedelta, opens: timedelta
) -> None:
    due = NOW + lifetime - left
    assert window(due, NOW, NOW + lifetime) == RenewalWindow(due - opens, due)


def test_the_window_of_a_certificate_of_a_day_opens_after_half_of_the_time_until_it_is_due() -> None:
    assert window(NOW + 16 * HOUR, NOW, NOW + 24 * HOUR).start == NOW + 8 * HOUR


@given(st.integers(600, 400 * 86400), st.floats(0.01, 0.5))
def test_a_window_ends_after_it_starts_and_within_the_certificate_s_lifetime(
    seconds: int, share: float
) -> None:
    ends = NOW + timedelta(seconds=seconds)
    due = ends - timedelta(seconds=seconds) * share
    made = window(due, NOW, ends)
    assert NOW < made.start < made.end == due < ends


@given(st.floats(0.01, 4000))
def test_a_client_looks_twenty_times_a_lifetime_within_bounds(hours: float) -> None:
    wait = retry_after(timedelta(hours=hours))
    assert timedelta(seconds=60) <= wait <= 6 * HOUR
    if HOUR < timedelta(hours=hours) < 100 * HOUR:
        assert wait == pytest.approx(timedelta(hours=hours) / 20, abs=timedelta(milliseconds=1))


def test_what_must_be_replaced_has_a_window_in_the_past() -> None:
    made = past_window(NOW)
    assert made.start < made.end < NOW


def test_the_window_of_a_campaign_counts_if_it_ends_sooner() -> None:
    usual = RenewalWindow(NOW + 60 * DAY, NOW + 63 * DAY)
    assert usual.before(NOW, NOW + DAY) == RenewalWindow(NOW, NOW + DAY)
    assert usual.before(NOW, NOW + 70 * DAY) is usual
    assert usual.before(None, None) is usual
