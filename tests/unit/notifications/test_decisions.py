"""The decision on each outcome, by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.due_work import Claim, Due
from certctl.domain.notifications.delivery import (
    Dead,
    Death,
    DeliverySchedule,
    Retry,
    Sent,
    attempt_of,
    death_of,
    decide,
    has_reported,
    requeued,
    spent_by_lost_attempts,
    trail,
    why_not_requeued,
)
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.domain.retries import RetrySchedule
from tests.support.notifications.engine import DELIVERED, FAILED, GONE, NOT_FOUND, a_notification, throttled

_NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
_SCHEDULE = DeliverySchedule(RetrySchedule(5, 60, 3600), timedelta(hours=72))


def _row(retry_count: int = 0, **changes: Any) -> Notification:
    return replace(a_notification(_NOW, **changes), due=Due(due_at=_NOW, retry_count=retry_count))


def _claim(**changes: Any) -> Claim:
    return replace(Claim("notif-1", "token", 3, 1, 2, _NOW + timedelta(minutes=1)), **changes)


def _decided(row: Notification, outcome: Outcome, random: float = 0.0) -> Sent | Retry | Dead:
    return decide(row, outcome, _SCHEDULE, _NOW, lambda: random)


@pytest.mark.parametrize("kind", [OutcomeKind.DELIVERED, OutcomeKind.ACCEPTED])
def test_what_a_provider_took_is_sent_with_its_outcome(kind: OutcomeKind) -> None:
    assert _decided(_row(3), Outcome(kind)) == Sent(kind.value, _NOW)


@pytest.mark.parametrize(("before", "wait"), [(0, 60), (1, 120), (2, 240), (3, 480)])
def test_failures_double_their_wait(before: int, wait: float) -> None:
    assert _decided(_row(before), FAILED) == Retry(before + 1, 0, wait, "HTTP 500")


@pytest.mark.parametrize("before", [4, 5, 9])
def test_the_last_failure_is_dead_and_counted(before: int) -> None:
    assert _decided(_row(before), FAILED) == Dead(before + 1, "retryable", "HTTP 500")


def test_jitter_adds_a_tenth_at_most_and_takes_nothing_away() -> None:
    decision = _decided(_row(), FAILED, random=1.0)
    assert isinstance(decision, Retry)
    assert decision.wait == pytest.approx(66)


@pytest.mark.parametrize(
    ("retry_after", "throttles", "wait"),
    [(None, 0, 60), (3, 0, 60), (300, 0, 300), (3, 2, 240), (90_000, 0, 3600), (None, 30, 3600)],
)
def test_a_throttle_waits_the_longer_of_what_was_asked_and_its_own(
    retry_after: float | None, throttles: int, wait: float
) -> None:
    decision = _decided(_row(2, throttle_count=throttles), throttled(retry_after))
    assert decision == Retry(2, throttles + 1, wait, "HTTP 429", pause=wait)


def test_a_throttle_over_the_maximum_age_spends_the_budget_and_still_waits_as_asked() -> None:
    old = _row(1, queued_at=_NOW - timedelta(hours=72, seconds=1), throttle_count=1)
    assert _decided(old, throttled(600)) == Retry(2, 1, 600, "HTTP 429", pause=600)
    last = replace(old, due=Due(retry_count=4))
    assert _decided(last, throttled(600)) == Dead(5, "throttled", "HTTP 429")


def test_the_age_counts_from_the_last_time_it_was_queued() -> None:
    requeued_lately = _row(created_at=_NOW - timedelta(days=30))
    assert isinstance(_decided(requeued_lately, throttled()), Retry)


@pytest.mark.parametrize(("outcome", "disables"), [(NOT_FOUND, False), (GONE, True)])
def test_final_outcomes_are_dead_at_once(outcome: Outcome, disables: bool) -> None:
    assert _decided(_row(), outcome) == Dead(1, outcome.kind.value, outcome.error, disables)


@given(
    st.sampled_from(list(OutcomeKind)),
    st.integers(0, 10),
    st.integers(0, 40),
    st.integers(0, 100),
    st.one_of(st.none(), st.floats(0, 1e6)),
    st.floats(0, 1),
)
def test_every_decision_ends_the_row_or_arms_it_within_the_cap(
    kind: OutcomeKind, retries: int, throttles: int, hours: int, asked: float | None, random: float
) -> None:
    row = _row(retries, throttle_count=throttles, queued_at=_NOW - timedelta(hours=hours))
    decision = _decided(row, Outcome(kind, error="e", retry_after=asked), random)
    if isinstance(decision, Retry):
        assert 60 <= decision.wait <= 3600
        assert decision.pause <= decision.wait
        assert retries <= decision.retry_count <= retries + 1
        assert (decision.retry_count, decision.throttle_count) != (retries, throttles)


@pytest.mark.parametrize(
    ("outcome", "retry_count", "because"),
    [
        ("retryable", 5, Death.ATTEMPTS_USED),
        ("retryable", 2, Death.TOO_OLD),
        ("throttled", 2, Death.TOO_OLD),
        ("permanent", 1, Death.REFUSED),
        ("channel_gone", 1, Death.CHANNEL_GONE),
        ("lost", 5, Death.ATTEMPTS_LOST),
        ("expired", 0, Death.EXPIRED),
    ],
)
def test_a_dead_row_says_why(outcome: str, retry_count: int, because: Death) -> None:
    assert death_of(_row(retry_count, status=NotificationStatus.DEAD, outcome=outcome), 5) is because


def test_a_row_that_lives_has_no_cause_of_death() -> None:
    assert death_of(_row(2, status=NotificationStatus.FAILED, outcome="retryable"), 5) is None


def test_a_lost_attempt_below_the_budget_is_sent_again() -> None:
    assert spent_by_lost_attempts(_row(4), _claim(lost=True, retry_count=4), _SCHEDULE) is None


def test_lost_attempts_that_spend_the_budget_are_dead() -> None:
    decision = spent_by_lost_attempts(_row(5), _claim(lost=True, retry_count=5), _SCHEDULE)
    assert decision == Dead(5, "lost", "the worker stopped before it reported")


def test_a_lost_attempt_never_looks_like_a_report_of_its_worker() -> None:
    claim = _claim(lost=True)
    after = replace(_row(), attempts=trail(_row(), claim, attempt_of(claim, DELIVERED, _NOW)))
    assert [a.token for a in after.attempts] == ["", "token"]
    assert has_reported(after, "token")
    assert not has_reported(after, "token of the lost one")


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({"status": NotificationStatus.DEAD}, True),
        ({"status": NotificationStatus.FAILED}, True),
        ({"status": NotificationStatus.PENDING}, False),
        ({"status": NotificationStatus.SENT, "outcome": "delivered"}, False),
        ({"status": NotificationStatus.SENT, "outcome": "superseded"}, False),
        ({"status": NotificationStatus.SENT, "outcome": "skipped"}, True),
        ({"status": NotificationStatus.SENT, "outcome": "muted"}, True),
    ],
)
def test_requeue_starts_from_these_states_only(changes: dict[str, Any], may: bool) -> None:
    assert (why_not_requeued(_row(**changes), _NOW) is None) == may


@pytest.mark.parametrize(("left", "may"), [(1, False), (0, True), (-1, True)])
def test_a_failed_row_is_requeued_only_without_a_live_lease(left: int, may: bool) -> None:
    held = Due(_NOW, lease_owner="t", lease_until=_NOW + timedelta(seconds=left))
    row = replace(_row(status=NotificationStatus.FAILED), due=held)
    assert (why_not_requeued(row, _NOW) is None) == may


def test_a_requeued_row_keeps_its_attempts_number_and_history() -> None:
    claim = _claim()
    row = replace(_row(5), due=Due(None, epoch=2, attempt=9, retry_count=5))
    row = replace(row, attempts=trail(row, claim, attempt_of(claim, FAILED, _NOW)))
    again = requeued(row, _NOW)
    assert again.due == Due(_NOW, epoch=3, attempt=9)
    assert again.attempts == row.attempts
