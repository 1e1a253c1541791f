"""When a certificate is renewed, and when people are told: examples, and what holds of all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.renewal.planning import (
    LATE_AFTER,
    LONGEST_RETRY_WAIT,
    WAIT_AFTER_CANCELLING,
    RenewalPlan,
    next_action_at,
    plan_of,
)
from certctl.domain.renewal.policies import RenewalPolicy
from tests.support.agents.fleet import certificate, live

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DEFAULT = RenewalPolicy()
BY_HAND = RenewalPolicy(auto_renew=False)


def valid_for(days: float, **fields: Any) -> Certificate:
    """From NOW on."""
    return live("mc-shop", NOW, NOW + days * DAY, **{"not_before": NOW} | fields)


def plan(certificate: Certificate, policy: RenewalPolicy = DEFAULT) -> RenewalPlan:
    made = plan_of(certificate, policy)
    assert made is not None
    return made


def sent_over_time(certificate: Certificate, policy: RenewalPolicy, every: timedelta) -> list[float]:
    """Days before the end at which somebody who looks so often sends one: those of the thresholds sent."""
    sent: list[float] = []
    now, until = NOW, NOW + 400 * DAY
    while now < until:
        due = plan(certificate, policy).alert_due(now)
        if due is not None:
            sent.append(due.threshold)
            certificate = certificate.with_alerted(due.threshold)
        now += every
    return sent


@pytest.mark.parametrize(("days", "window"), [(200, 30), (90, 30), (47, 47 / 3), (6, 2)])
def test_the_window_is_the_policy_s_and_a_third_of_the_lifetime_at_most(days: float, window: float) -> None:
    made = plan(valid_for(days))
    assert made.window == pytest.approx(window * DAY, abs=timedelta(seconds=1))
    assert made.renew_at == NOW + days * DAY - made.window


def test_the_ca_may_ask_for_an_earlier_renewal_and_never_for_a_later_one() -> None:
    early = valid_for(90, ari_start=NOW + 40 * DAY, ari_end=NOW + 42 * DAY)
    due_at = plan(early).due_at
    assert NOW + 40 * DAY <= due_at <= NOW + 42 * DAY
    assert plan(replace(early, revision=9)).due_at == due_at
    assert plan(replace(early, id="mc-other")).due_at != due_at
    late = valid_for(90, ari_start=NOW + 80 * DAY, ari_end=NOW + 89 * DAY)
    assert plan(late).due_at == NOW + 60 * DAY


@pytest.mark.parametrize(
    "fields",
    [
        {"lifecycle": Lifecycle.ON_HOLD},
        {"lifecycle": Lifecycle.REVOKED},
        {"lifecycle": Lifecycle.ARCHIVED},
        {"not_before": None, "expires_at": None, "serial_number": None},
    ],
)
def test_nothing_is_planned_of_what_is_not_alive_or_has_no_version(fields: dict[str, Any]) -> None:
    assert next_action_at(replace(valid_for(90), **fields), lambda _: DEFAULT) is None
    assert next_action_at(certificate("mc-new", NOW), lambda _: DEFAULT) is None


def test_while_a_job_is_open_no_other_is_planned_and_the_overdue_alert_is() -> None:
    renewing = valid_for(90, open_job_id="job-1", renewal_state=RenewalState.IN_PROGRESS)
    assert plan(renewing).renew_at is None
    assert next_action_at(renewing, lambda _: DEFAULT) == NOW + 76 * DAY


def test_failed_renewals_are_tried_again_after_waits_that_double_up_to_a_day_and_never_given_up() -> None:
    failing, waits = valid_for(90), []
    for _ in range(14):
        failing = failing.failed(NOW + 89 * DAY, "KMS is down")
        renew_at = plan(failing).renew_at
        assert renew_at is not None
        waits.append(renew_at - (NOW + 89 * DAY))
    assert waits[:3] == [timedelta(seconds=s) for s in (60, 120, 240)]
    assert waits[-1] == LONGEST_RETRY_WAIT
    expired = failing.failed(NOW + 100 * DAY, "KMS is down")
    assert plan(expired).renew_at == NOW + 101 * DAY


def test_a_renewal_that_fails_before_its_time_is_tried_again_in_time() -> None:
    assert plan(valid_for(90).failed(NOW + DAY, "KMS is down")).renew_at == NOW + 60 * DAY


def test_who_cancels_a_renewal_has_a_day() -> None:
    stopped = valid_for(90, open_job_id="job-1").stopped(NOW + 70 * DAY)
    assert plan(stopped).renew_at == NOW + 70 * DAY + WAIT_AFTER_CANCELLING


@pytest.mark.parametrize(
    ("days", "policy", "thresholds"),
    [
        (200, BY_HAND, [30, 14, 7, 0]),
        (90, BY_HAND, [30, 14, 7, 0]),
        (47, BY_HAND, [14, 7, 0]),
        (6, BY_HAND, [0]),
        (200, DEFAULT, [30, 14, 7, 0]),
        (90, DEFAULT, [14, 7, 0]),
        (47, DEFAULT, [7, 0]),
        (6, DEFAULT, [0]),
    ],
)
def test_thresholds_far_from_the_end_are_dropped_and_each_is_sent_once(
    days: float, policy: RenewalPolicy, thresholds: list[int]
) -> None:
    assert sent_over_time(valid_for(days), policy, HOUR) == thresholds


def test_with_auto_renew_alerts_wait_until_the_renewal_is_overdue() -> None:
    policy = RenewalPolicy(renewal_window_days=10, alert_thresholds_days=(14, 7))
    assert plan(valid_for(90), policy).alert_at == NOW + 82 * DAY
    failed = valid_for(90).failed(NOW + 80 * DAY + HOUR, "KMS is down")
    assert plan(failed, policy).alert_at == NOW + 80 * DAY + HOUR


def test_a_missed_run_sends_the_tightest_threshold_only_and_says_that_it_is_late() -> None:
    due = plan(valid_for(90), BY_HAND).alert_due(NOW + 84 * DAY)
    assert due is not None
    assert (due.threshold, due.is_late, due.due_at) == (7, True, NOW + 60 * DAY)
    after = valid_for(90).with_alerted(7)
    assert plan(after, BY_HAND).alert_due(NOW + 85 * DAY) is None
    assert plan(after, BY_HAND).alert_at == NOW + 90 * DAY


def test_an_alert_of_the_run_after_its_moment_is_not_late() -> None:
    due = plan(valid_for(90), BY_HAND).alert_due(NOW + 60 * DAY + LATE_AFTER)
    assert due is not None
    assert not due.is_late


def test_a_version_that_is_current_again_keeps_what_was_sent_of_it() -> None:
    first = valid_for(90).with_alerted(30)
    second = Version("mc-shop", "02", "ca", 0, "j", VersionState.ISSUED, NOW, NOW + 180 * DAY, NOW)
    renewed = first.issued(second, NOW + 61 * DAY)
    assert renewed.alerted_thresholds == ()
    back = replace(renewed, serial_number=first.serial_number)
    assert back.alerted_thresholds == (30,)


def test_a_new_version_ends_failures_and_the_ca_s_window() -> None:
    failed = valid_for(90, ari_start=NOW, ari_end=NOW + DAY).failed(NOW, "KMS is down")
    version = Version("mc-shop", "02", "ca", 0, "j", VersionState.ISSUED, NOW, NOW + 90 * DAY, NOW)
    renewed = failed.issued(version, NOW)
    assert (renewed.renewal_failures, renewed.renewal_ended_at, renewed.ari_start) == (0, None, None)


POLICIES = st.builds(
    RenewalPolicy,
    renewal_window_days=st.integers(1, 90),
    auto_renew=st.booleans(),
    retry_interval_seconds=st.integers(1, 7200),
    alert_thresholds_days=st.lists(st.integers(0, 90), unique=True, max_size=6).map(tuple),
)
LIFETIMES = st.floats(0.5, 400)


@given(days=LIFETIMES, policy=POLICIES, every=st.integers(1, 200))
def test_however_seldom_the_schedule_runs_thresholds_fall_and_none_is_sent_twice(
    days: float, policy: RenewalPolicy, every: int
) -> None:
    sent = sent_over_time(valid_for(days), policy, every * HOUR)
    assert sent == sorted(set(sent), reverse=True)
    assert set(sent) <= set(policy.alert_thresholds_days)


@given(days=LIFETIMES, policy=POLICIES, failures=st.integers(0, 30))
def test_a_renewal_is_always_planned_in_the_last_third_or_within_a_day_of_a_failure(
    days: float, policy: RenewalPolicy, failures: int
) -> None:
    of_three, ends = valid_for(days), NOW + days * DAY
    for _ in range(failures):
        of_three = of_three.failed(ends, "KMS is down")
    renew_at = plan(of_three, policy).renew_at
    if not policy.auto_renew:
        assert renew_at is None
        return
    assert renew_at is not None
    latest = ends + LONGEST_RETRY_WAIT if failures else ends - min(days / 3, policy.renewal_window_days) * DAY
    assert ends - days * DAY / 3 - HOUR <= renew_at <= latest + timedelta(seconds=1)


@given(days=LIFETIMES, policy=POLICIES)
def test_what_is_planned_next_is_due_at_that_moment_and_not_before(
    days: float, policy: RenewalPolicy
) -> None:
    made = plan(valid_for(days), policy)
    moment = made.next_action_at
    if moment is None:
        return
    renews = made.renew_at is not None and made.renew_at <= moment
    assert renews or made.alert_due(moment) is not None
    assert made.alert_due(moment - timedelta(seconds=1)) is None


@given(days=LIFETIMES, policy=POLICIES, start=st.floats(-10, 400), length=st.floats(0, 30))
def test_the_ca_s_window_never_makes_a_renewal_later(
    days: float, policy: RenewalPolicy, start: float, length: float
) -> None:
    without = plan(valid_for(days), policy)
    window = {"ari_start": NOW + start * DAY, "ari_end": NOW + (start + length) * DAY}
    assert plan(valid_for(days, **window), policy).due_at <= without.due_at
