"""A finding is raised by two bad probes and resolved by two good ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.inventory.endpoints.damping import Change, Damped, Look, Rhythm, Sight, change
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.notifications.statuses import Severity

START = datetime(2026, 11, 30, tzinfo=UTC)
BAD, GOOD, WAITING, UNSEEN = (Look(sight) for sight in (Sight.BAD, Sight.GOOD, Sight.WAITING, Sight.UNSEEN))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUARTER = 15 * MINUTE


def probed(*looks: tuple[timedelta, Look], finding: Finding = Finding.STALE) -> tuple[Damped, list[Change]]:
    """The state after probes at times since the start, and what they changed."""
    state, changes, previous = Damped(finding), [], None
    for since, look in looks:
        now = START + since
        after = state.after(look, Rhythm(now, QUARTER, previous))
        changes += [each for each in [change(state, after)] if each]
        state, previous = after, now
    return state, changes


def every(step: timedelta, *looks: Look, begin: timedelta = timedelta(0)) -> list[tuple[timedelta, Look]]:
    return [(begin + number * step, look) for number, look in enumerate(looks)]


def test_two_bad_probes_five_minutes_apart_raise_it() -> None:
    assert probed(*every(5 * MINUTE, BAD, BAD))[1] == [Change.RAISED]
    assert probed(*every(4 * MINUTE, BAD, BAD))[1] == []


def test_a_good_probe_between_two_bad_ones_begins_anew() -> None:
    assert probed(*every(5 * MINUTE, BAD, GOOD, BAD, GOOD, BAD))[1] == []


def test_a_probe_that_cannot_see_it_decides_nothing() -> None:
    assert probed(*every(5 * MINUTE, BAD, UNSEEN, BAD))[1] == [Change.RAISED]
    assert probed(*every(5 * MINUTE, BAD, BAD, GOOD, UNSEEN, GOOD))[1] == [Change.RAISED, Change.RESOLVED]


def test_two_good_probes_resolve_it() -> None:
    state, changes = probed(*every(5 * MINUTE, BAD, BAD, GOOD, GOOD))
    assert changes == [Change.RAISED, Change.RESOLVED]
    assert state.closed_at == START + 15 * MINUTE


def test_a_bad_probe_after_a_good_one_keeps_it_open() -> None:
    assert probed(*every(5 * MINUTE, BAD, BAD, GOOD, BAD, GOOD))[1] == [Change.RAISED]


def test_a_wait_neither_raises_nor_resolves() -> None:
    assert probed(*every(5 * MINUTE, BAD, WAITING, BAD))[1] == []
    assert probed(*every(5 * MINUTE, BAD, BAD, GOOD, WAITING, GOOD))[1] == [Change.RAISED]


def test_unreachable_is_raised_after_six_hours() -> None:
    row = every(QUARTER, *[BAD] * 25)
    assert probed(*row[:24], finding=Finding.UNREACHABLE)[1] == []
    assert probed(*row, finding=Finding.UNREACHABLE)[1] == [Change.RAISED]


def test_a_silent_prober_shows_nothing_of_the_time_between() -> None:
    assert probed((0 * HOUR, BAD), (8 * HOUR, BAD), finding=Finding.UNREACHABLE)[1] == []
    assert probed((0 * HOUR, BAD), (8 * HOUR, BAD))[1] == []


def test_what_returns_within_a_day_is_the_same_incident() -> None:
    first = every(5 * MINUTE, BAD, BAD, GOOD, GOOD)
    soon, changes = probed(*first, *every(5 * MINUTE, BAD, BAD, begin=23 * HOUR))
    assert changes == [Change.RAISED, Change.RESOLVED, Change.REOPENED]
    assert soon.opened_at == START

    later, changes = probed(*first, *every(5 * MINUTE, BAD, BAD, begin=25 * HOUR))
    assert changes == [Change.RAISED, Change.RESOLVED, Change.RAISED]
    assert later.opened_at == START + 25 * HOUR


def test_after_three_changes_in_a_day_it_stays_open_for_the_day() -> None:
    flapping = every(5 * MINUTE, BAD, BAD, GOOD, GOOD, BAD, BAD)
    held, changes = probed(*flapping, *every(HOUR, *[GOOD] * 23, begin=HOUR))
    assert changes == [Change.RAISED, Change.RESOLVED, Change.REOPENED]
    assert held.is_open

    _, changes = probed(*flapping, *every(HOUR, *[GOOD] * 25, begin=HOUR))
    assert changes[-1] is Change.RESOLVED


def test_it_worsens_once_and_never_gets_better_while_it_is_open() -> None:
    critical = replace(BAD, severity=Severity.CRITICAL)
    state, changes = probed(*every(5 * MINUTE, BAD, BAD, critical, critical, BAD))
    assert changes == [Change.RAISED, Change.WORSENED]
    assert state.severity is Severity.CRITICAL


@pytest.mark.parametrize("looks", [[BAD, BAD, BAD], [BAD, BAD, GOOD, BAD]])
def test_a_probe_that_shows_what_the_preceding_one_did_changes_nothing(looks: list[Look]) -> None:
    state, _ = probed(*every(5 * MINUTE, *looks))
    again = state.after(BAD, Rhythm(START + HOUR, QUARTER, START + 45 * MINUTE))
    assert again == state


def test_a_state_is_forgotten_a_day_after_its_end() -> None:
    state, _ = probed(*every(5 * MINUTE, BAD, BAD, GOOD, GOOD))
    assert not state.is_forgotten(START + 24 * HOUR)
    assert state.is_forgotten(START + 25 * HOUR)


def test_the_next_probe_is_soon_only_while_it_may_decide() -> None:
    suspected, _ = probed((0 * HOUR, BAD))
    recovering, _ = probed(*every(5 * MINUTE, BAD, BAD, GOOD))
    unreachable, _ = probed((0 * HOUR, BAD), finding=Finding.UNREACHABLE)
    held, _ = probed(*every(5 * MINUTE, BAD, BAD, GOOD, GOOD, BAD, BAD, GOOD))
    decided = [state.decides_from for state in (suspected, recovering, unreachable, held)]
    soon = [moment is not None and moment <= START + HOUR for moment in decided]
    assert soon == [True, True, False, False]
