"""Marks for a schedule: worked off in chunks, interrupted anywhere, set again concurrently."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from certctl.domain.errors import ChangedMeanwhile
from certctl.store.database import Database
from certctl.store.follow_ups import SETTLED_AFTER, FollowUp, FollowUpStore
from tests.support.clock import Clock

_PAGES: dict[str | None, tuple[list[str], str | None]] = {
    None: (["mc-1", "mc-2"], "mc-2"),
    "mc-2": (["mc-3"], "mc-3"),
    "mc-3": (["mc-4"], None),
}


@pytest.fixture
def marks(database: Database, clock: Clock) -> FollowUpStore:
    """With one follow-up, old enough for all caches."""
    store = FollowUpStore(database, "test")
    database.transact([store.follow_up_step("tgt-1", clock())])
    clock.advance(SETTLED_AFTER)
    return store


def of(marks: FollowUpStore, clock: Clock) -> FollowUp:
    (mark,) = marks.settled(clock())
    return mark


def times(count: int) -> Callable[[], bool]:
    left = iter([True] * count)
    return lambda: next(left, False)


def seen(marks: FollowUpStore, clock: Clock, has_time: Callable[[], bool]) -> list[str]:
    return [i for ids in marks.slices(of(marks, clock), _PAGES.__getitem__, has_time) for i in ids]


def test_a_mark_waits_until_everybody_has_forgotten_the_record_of_before(
    database: Database, clock: Clock
) -> None:
    store = FollowUpStore(database, "test")
    database.transact([store.follow_up_step("tgt-1", clock())])

    clock.advance(SETTLED_AFTER - timedelta(seconds=1))
    early = store.settled(clock())
    clock.advance(timedelta(seconds=1))

    assert (early, [mark.id for mark in store.settled(clock())]) == ([], ["tgt-1"])


def test_a_run_that_ends_early_is_gone_on_with_and_the_mark_goes_with_the_last_slice(
    marks: FollowUpStore, clock: Clock
) -> None:
    runs = [seen(marks, clock, times(2)), seen(marks, clock, times(2))]

    assert runs == [["mc-1", "mc-2", "mc-3"], ["mc-4"]]
    assert marks.settled(clock()) == []


def test_a_slice_whose_work_failed_is_worked_off_again(marks: FollowUpStore, clock: Clock) -> None:
    slices = marks.slices(of(marks, clock), _PAGES.__getitem__, times(9))
    next(slices)

    assert seen(marks, clock, times(1)) == ["mc-1", "mc-2"]


def test_a_follow_up_that_is_set_again_starts_over(
    database: Database, marks: FollowUpStore, clock: Clock
) -> None:
    slices = marks.slices(of(marks, clock), _PAGES.__getitem__, times(9))
    next(slices)
    next(slices)
    database.transact([marks.follow_up_step("tgt-1", clock())])

    with pytest.raises(ChangedMeanwhile):
        next(slices)

    clock.advance(SETTLED_AFTER)
    assert seen(marks, clock, times(9)) == ["mc-1", "mc-2", "mc-3", "mc-4"]
