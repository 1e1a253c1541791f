"""Which certificates are urgent, by property and by the examples that the dashboard's tests read too."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certctl.domain.certificates.statuses import Lifecycle, RenewalState
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.renewal.urgency import urgency_of
from tests.support.agents.fleet import certificate, live
from tests.support.renewal.endings import POLICIES, Ending, endings
from tests.support.template import ROOT

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EXAMPLES = json.loads((ROOT / "dashboard/src/test/urgency.json").read_text(encoding="utf-8"))
WEEK_BY_HAND = Ending(168 * HOUR, 31 * HOUR, "rp-by-hand", Lifecycle.ACTIVE, RenewalState.IDLE)


@given(endings())
@example(WEEK_BY_HAND)
def test_what_ends_within_72_hours_without_a_renewal_is_urgent_and_nothing_else(ending: Ending) -> None:
    found = urgency_of(ending.certificate("mc-1", NOW), POLICIES, NOW)
    assert (found is not None) == ending.is_urgent


@given(endings(), st.integers(0, 24))
def test_urgency_only_rises_while_nothing_is_renewed(ending: Ending, hours: int) -> None:
    ranks = [None, Urgency.WARNING, Urgency.CRITICAL]
    record = ending.certificate("mc-1", NOW)
    before, after = (urgency_of(record, POLICIES, moment) for moment in (NOW, NOW + hours * HOUR))
    assert ranks.index(before) <= ranks.index(after)


@given(endings())
def test_a_missing_policy_is_the_default_one_and_without_any_nothing_renews(ending: Ending) -> None:
    record = ending.certificate("mc-1", NOW)
    default = POLICIES["rp-default"]
    assert urgency_of(record, {"rp-default": default}, NOW) == urgency_of(
        record, {"rp-default": default, ending.policy_id: default}, NOW
    )
    ends_soon = record.ends_at is not None and record.ends_at < NOW + 72 * HOUR
    assert (urgency_of(record, {}, NOW) is not None) == ends_soon


def test_a_certificate_that_was_never_issued_is_not_urgent() -> None:
    assert urgency_of(certificate("mc-1", NOW), POLICIES, NOW) is None


def test_a_renewal_that_would_begin_after_the_end_does_not_come() -> None:
    """Somebody cancelled it: the next one begins a day later."""
    policies = {"rp-default": RenewalPolicy(renewal_window_days=1)}
    record = live("mc-1", NOW, NOW + 23 * HOUR, not_before=NOW - 2000 * HOUR)
    assert urgency_of(record, policies, NOW) is None
    cancelled = record.with_changes(NOW, renewal_ended_at=NOW)
    assert urgency_of(cancelled, policies, NOW) is Urgency.CRITICAL


@pytest.mark.parametrize("shown", EXAMPLES, ids=[each["says"] for each in EXAMPLES])
def test_the_dashboards_examples_are_what_the_rule_finds(shown: dict[str, Any]) -> None:
    left = shown["hours_left"] * HOUR
    ending = Ending(
        shown["lifetime_hours"] * HOUR,
        left,
        shown["renewal_policy_id"],
        Lifecycle(shown["lifecycle"]),
        RenewalState(shown["renewal_state"]),
    )
    record = ending.certificate("mc-1", NOW)
    found = urgency_of(record, POLICIES, NOW)
    assert (record.status(NOW).value, found and found.value) == (shown["status"], shown["urgency"])
