"""Waits between attempts, over every budget that a stack can be given."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.due_work import Due
from certctl.domain.notifications.delivery import DeliverySchedule, Retry, decide
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.retries import RetrySchedule, with_jitter
from tests.support.notifications.rows import a_notification

_NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
_chances = st.floats(0, 1)
_failures = st.integers(0, 200)
_schedules = st.builds(
    RetrySchedule,
    max_attempts=st.integers(1, 1_000_000),
    base_seconds=st.integers(1, 86_400),
    cap_seconds=st.integers(1, 86_400),
)


@given(_schedules, _failures, _chances)
def test_no_wait_is_above_the_cap(schedule: RetrySchedule, failures: int, chance: float) -> None:
    assert schedule.jittered_wait_after(failures, lambda: chance) <= schedule.cap_seconds


@given(_schedules, _failures, _chances)
def test_jitter_takes_nothing_away(schedule: RetrySchedule, failures: int, chance: float) -> None:
    assert schedule.jittered_wait_after(failures, lambda: chance) >= schedule.wait_after(failures)


def test_jitter_spreads_what_failed_together_below_the_cap() -> None:
    assert with_jitter(100, 3600, lambda: 1.0) > with_jitter(100, 3600, lambda: 0.0)


@given(
    _schedules,
    st.sampled_from([OutcomeKind.THROTTLED, OutcomeKind.RETRYABLE]),
    st.integers(0, 200),
    st.integers(0, 200),
    st.integers(0, 100),
    st.one_of(st.none(), st.floats(0, 1e6)),
    _chances,
)
def test_neither_failures_nor_throttles_wait_longer_than_the_cap(
    schedule: RetrySchedule,
    kind: OutcomeKind,
    retries: int,
    throttles: int,
    hours: int,
    asked: float | None,
    chance: float,
) -> None:
    queued_at = _NOW - timedelta(hours=hours)
    row = a_notification(
        _NOW, queued_at=queued_at, throttle_count=throttles, due=Due(due_at=_NOW, retry_count=retries)
    )
    delivery = DeliverySchedule(schedule, timedelta(hours=72))
    outcome = Outcome(kind, error="e", retry_after=asked)
    match decide(row, outcome, delivery, _NOW, lambda: chance):
        case Retry(wait=wait, pause=pause):
            assert 0 < wait <= schedule.cap_seconds
            assert pause <= wait
