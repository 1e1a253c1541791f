"""What a recount compares, and how far it has come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.ids import COUNTER_SHARDS
from certctl.domain.insights.counters import CounterDelta
from certctl.domain.insights.recounts import LAYOUT, Recount, drift, figures_of

_NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
_figures = st.dictionaries(
    st.tuples(st.sampled_from(["", "2027-01-01"]), st.sampled_from(["live", "expires", "Failed"])),
    st.integers(-50, 50),
)


@given(_figures, _figures)
def test_counters_plus_their_drift_are_what_was_found(
    found: dict[tuple[str, str], int], counted: dict[tuple[str, str], int]
) -> None:
    lacking = drift(found, counted, _NOW)
    for key in found.keys() | counted.keys():
        assert counted.get(key, 0) + lacking.get(key, 0) == found.get(key, 0)


@pytest.mark.parametrize(
    "name", ["notifications_dead_total", "jobs_completed", "jobs_failed", "jobs_cancelled", "issued"]
)
def test_what_only_happened_is_not_recounted(name: str) -> None:
    assert drift({}, {("", name): 5}, _NOW) == {}


def test_a_name_of_an_earlier_layout_is_counted_back_to_nothing() -> None:
    assert drift({}, {("", "notifications_dead"): 5}, _NOW) == {("", "notifications_dead"): -5}


def test_dead_rows_are_not_compared_on_the_last_day_of_their_retention() -> None:
    counted = {("2026-11-23", "dead"): 1, ("2026-11-24", "dead"): 1, ("2026-11-25", "dead"): 1}
    assert drift({}, counted, _NOW) == {("2026-11-25", "dead"): -1}


def test_figures_are_those_of_the_counter_rows() -> None:
    tally = CounterDelta({"live": 1}, {"2027-01-01": 1}, {("2027-01-01", 30): 1})
    assert figures_of([tally, tally]) == {
        ("", "live"): 2,
        ("2027-01-01", "expires"): 2,
        ("2027-01-01", "expiring-30"): 2,
    }


def test_a_recount_is_due_at_once_where_the_layout_is_another() -> None:
    old = Recount(layout=LAYOUT - 1, finished_at=_NOW)
    assert old.is_due(_NOW)
    assert old.begun(_NOW).finished_at is None


def test_a_recount_is_due_a_week_after_the_last() -> None:
    done = Recount(layout=LAYOUT, finished_at=_NOW)
    assert not done.is_due(_NOW + timedelta(days=7, seconds=-1))
    assert done.is_due(_NOW + timedelta(days=7))


def test_a_round_is_done_with_its_last_shard() -> None:
    at = Recount().begun(_NOW)
    for shard in range(COUNTER_SHARDS):
        assert at.finished_at is None
        at = at.compared(shard, 1, _NOW)
    assert (at.finished_at, at.last_corrected, at.is_running) == (_NOW, COUNTER_SHARDS, False)


def test_a_drift_counts_when_it_is_found_again_a_minute_later() -> None:
    found = {("", "live"): 1}
    at = Recount().begun(_NOW).suspecting(3, found, _NOW)
    later = _NOW + timedelta(minutes=1)
    assert not at.confirms(3, found, _NOW)
    assert at.confirms(3, found, later)
    assert not at.confirms(3, {("", "live"): 2}, later)


@given(st.sets(st.integers(0, 15)), st.integers(0, 1000), st.booleans())
def test_its_place_survives_storage(left: set[int], corrected: int, is_finished: bool) -> None:
    at = Recount(
        LAYOUT, tuple(left), corrected=corrected, started_at=_NOW, finished_at=_NOW if is_finished else None
    ).suspecting(7, {("", "live"): 1}, _NOW)
    assert Recount.of_text(at.as_text()) == at
