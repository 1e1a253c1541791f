"""Certificates that ACME clients renew: no job is opened, and who stops is reported once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.notifications.statuses import Action, Severity
from certctl.domain.renewal.alerts import issuance_alerts, stopped_client_alert
from certctl.domain.renewal.planning import RenewalPlan, next_action_at, plan_of
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.renewal.urgency import urgency_of
from tests.support.agents.fleet import live

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
POLICY = RenewalPolicy()
CLIENT = AcmeOrigin("acct-1", "eab-1")


def of_client(days: float, **fields: Any) -> Certificate:
    """Valid from NOW on."""
    return live("mc-shop", NOW, NOW + days * DAY, **{"not_before": NOW, "acme": CLIENT} | fields)


def plan(certificate: Certificate, policy: RenewalPolicy = POLICY) -> RenewalPlan:
    made = plan_of(certificate, policy)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("days", "after_due"),
    [(90, 6 * DAY), (47, 47 / 3 * 0.2 * DAY), (6, DAY), (3, DAY / 2), (1, 4 * HOUR)],
)
def test_a_client_is_overdue_a_fifth_of_the_window_or_a_day_after_it_was_due(
    days: float, after_due: timedelta
) -> None:
    made = plan(of_client(days))
    assert made.overdue_at - made.by_policy == pytest.approx(after_due, abs=timedelta(seconds=1))
    assert made.overdue_at <= made.ends - made.window / 2


@pytest.mark.parametrize("policy", [POLICY, RenewalPolicy(auto_renew=False)], ids=["renews", "does not"])
def test_no_job_is_opened_and_it_is_planned_for_the_time_at_which_it_is_overdue(
    policy: RenewalPolicy,
) -> None:
    made = plan(of_client(90), policy)
    assert made.renew_at is None
    assert made.next_action_at == made.overdue_at == NOW + 66 * DAY


def test_the_window_of_a_campaign_does_not_make_it_overdue() -> None:
    moved = plan(of_client(90, ari_start=NOW + DAY, ari_end=NOW + 2 * DAY))
    assert moved.due_at <= NOW + 2 * DAY
    assert moved.overdue_at == NOW + 66 * DAY


def test_a_client_that_has_stopped_is_reported_once_and_the_thresholds_follow() -> None:
    record = of_client(90)
    overdue = plan(record).overdue_at
    assert not plan(record).alerts_due(overdue - timedelta(seconds=1))
    due = plan(record).alerts_due(overdue)
    assert (due.has_client_stopped, due.expiry) == (True, None)
    reported = replace(record, acme_stopped_at=overdue)
    assert not plan(reported).alerts_due(overdue + DAY)
    assert plan(reported).next_action_at == NOW + 76 * DAY
    late = plan(reported).alerts_due(NOW + 76 * DAY)
    assert not late.has_client_stopped
    assert late.expiry is not None
    assert late.expiry.threshold == 14


def test_an_order_that_failed_does_not_bring_the_alerts_forward() -> None:
    failed = of_client(90, renewal_state=RenewalState.FAILED, renewal_failures=3, renewal_ended_at=NOW)
    assert plan(failed).alert_at == plan(of_client(90)).overdue_at


@given(st.floats(0.1, 400), st.floats(0, 1.2))
def test_a_client_renews_by_itself_until_it_is_overdue(days: float, share: float) -> None:
    record = of_client(days)
    now = NOW + days * share * DAY
    made = plan(record)
    assert made.comes_by_itself(now) == (now < made.overdue_at)
    if made.ends - timedelta(hours=72) < now < made.overdue_at:
        assert urgency_of(record, {"rp-default": POLICY}, now) is None


def test_a_client_that_is_overdue_is_urgent_near_the_end() -> None:
    policies = {"rp-default": POLICY}
    assert urgency_of(of_client(6), policies, NOW + 4.9 * DAY) is None
    assert urgency_of(of_client(6), policies, NOW + 5.1 * DAY) is Urgency.CRITICAL


def test_a_new_version_resolves_the_alert_where_it_was_sent() -> None:
    stopped = of_client(90, serial_number="01", acme_stopped_at=NOW + 66 * DAY)
    sent = stopped_client_alert(stopped, NOW - DAY, NOW + 66 * DAY)
    assert sent.severity is Severity.WARNING
    issued = replace(stopped, serial_number="02", acme_stopped_at=None)
    resolves = [each for each in issuance_alerts(stopped, issued) if each.action is Action.RESOLVE]
    assert [(each.dedup_key, each.severity) for each in resolves] == [(sent.dedup_key, sent.severity)]


def test_close_to_the_end_the_alert_is_critical_and_so_is_its_resolve() -> None:
    stopped = of_client(6, serial_number="01", acme_stopped_at=NOW + 5 * DAY)
    assert stopped_client_alert(stopped, None, NOW + 5 * DAY).severity is Severity.CRITICAL
    resolved, *_ = issuance_alerts(stopped, replace(stopped, serial_number="02"))
    assert resolved.severity is Severity.CRITICAL


def test_nothing_is_planned_for_a_record_without_a_version() -> None:
    assert next_action_at(replace(of_client(90), expires_at=None), lambda _: POLICY) is None
