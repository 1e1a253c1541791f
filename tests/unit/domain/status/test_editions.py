"""When a CRL begins, ends, is due, and may be made again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.authorities.authorities import CrlShard
from certctl.domain.status.editions import (
    SPACING,
    is_to_be_joined,
    is_to_be_renewed,
    spacing_of,
    times_beside,
    times_of,
    times_of_joined,
)

NOW = datetime(2026, 11, 27, 12, 0, 0, 600_000, tzinfo=UTC)
SECOND = NOW.replace(microsecond=0)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def shard(name: str = "0", **fields: object) -> CrlShard:
    made = CrlShard("ca-1", name, f"http://pki.test/{name}.crl", open=True)
    return replace(made, **fields)  # type: ignore[arg-type]  # of one of its fields


@pytest.mark.parametrize(("role", "validity"), [("issuing", 72 * HOUR), ("root", 60 * DAY)])
def test_a_crl_begins_five_minutes_before_its_reading_and_ends_after_the_whole_validity(
    role: str, validity: timedelta
) -> None:
    times = times_of(role, NOW, None)
    assert times.this_update == SECOND - 5 * MINUTE
    assert times.next_update == SECOND + validity
    assert times.drops_before == times.this_update - validity


def test_this_update_never_falls() -> None:
    """The thisUpdate of an earlier release is the time of its reading; and clocks of publishers differ."""
    assert times_of("issuing", NOW, SECOND - MINUTE).this_update == SECOND - MINUTE
    assert times_of("issuing", NOW, SECOND - HOUR).this_update == SECOND - 5 * MINUTE


@pytest.mark.parametrize(("role", "quarter"), [("issuing", 18 * HOUR), ("root", 15 * DAY)])
def test_a_quarter_of_the_validity_makes_it_due(role: str, quarter: timedelta) -> None:
    made = shard(next_update=times_of(role, SECOND, None).next_update)
    assert not is_to_be_renewed(role, made, SECOND + quarter - timedelta(seconds=1))
    assert is_to_be_renewed(role, made, SECOND + quarter)
    assert is_to_be_renewed(role, shard(), SECOND)


def test_an_entry_stays_until_a_crl_after_the_end_of_its_certificate_however_late_that_is() -> None:
    last = SECOND - 90 * HOUR
    times = times_of("issuing", NOW, last)
    assert times.over_before == SECOND - 5 * MINUTE - 72 * HOUR
    assert times.drops_before == last


def test_all_has_the_earliest_times_of_what_it_joins() -> None:
    joined = [(SECOND, SECOND + 72 * HOUR), (SECOND - HOUR, SECOND + 71 * HOUR)]
    times = times_of_joined("issuing", joined, SECOND - 2 * HOUR)
    assert (times.this_update, times.next_update) == (SECOND - HOUR, SECOND + 71 * HOUR)
    assert times.drops_before == SECOND - 72 * HOUR


def test_all_never_begins_before_its_predecessor() -> None:
    joined = [(SECOND - HOUR, SECOND + 71 * HOUR)]
    assert times_of_joined("issuing", joined, SECOND).this_update == SECOND


def test_all_is_joined_again_when_a_shard_changed_or_each_was_renewed() -> None:
    early, late = SECOND + 70 * HOUR, SECOND + 72 * HOUR
    shards = [
        shard("0", changes=3, next_update=early),
        shard("1", changes=4, next_update=late),
        shard("2"),  # being added
    ]
    joined = shard("all", changes=7, next_update=early)
    assert not is_to_be_joined(joined, shards)
    assert is_to_be_joined(replace(joined, changes=6), shards)
    assert not is_to_be_joined(joined, [replace(shards[0], changes=1, joined_changes=2), *shards[1:]])
    assert is_to_be_joined(joined, [replace(shards[0], next_update=late), *shards[1:]])
    assert is_to_be_joined(shard("all"), shards)
    assert not is_to_be_joined(shard("all"), [shard("0")])


def test_a_complete_crl_is_made_again_when_another_shard_changed_was_renewed_or_came_new() -> None:
    ends = SECOND + 70 * HOUR
    others = [shard("1", changes=4, next_update=ends), shard("2", changes=5, next_update=ends)]
    complete = shard("0", complete=True, changes=3, joins=2, joined_changes=9, next_update=ends)
    assert not is_to_be_joined(complete, others)
    assert is_to_be_joined(replace(complete, joined_changes=8), others)
    assert is_to_be_joined(complete, [replace(each, next_update=ends + HOUR) for each in others])
    assert is_to_be_joined(complete, [*others, shard("3", next_update=ends)])


def test_a_complete_crl_begins_after_those_that_it_joins_and_ends_with_the_first_of_them() -> None:
    own = times_of("issuing", NOW, SECOND - HOUR)
    older = (SECOND - HOUR, SECOND + 71 * HOUR)
    assert times_beside("issuing", own, [older]) == replace(own, next_update=SECOND + 71 * HOUR)
    same = (own.this_update, own.next_update)
    times = times_beside("issuing", own, [older, same])
    assert times.this_update == own.this_update + timedelta(seconds=1)


def test_a_complete_crl_keeps_its_own_entries_as_a_shard_does() -> None:
    """One of another shard may have gone from a CRL that was made a moment later."""
    own = times_of("issuing", NOW, SECOND - 90 * HOUR)
    times = times_beside("issuing", own, [(SECOND, SECOND + 72 * HOUR)])
    assert times.drops_before == SECOND - 90 * HOUR
    assert times.over_before == SECOND - 72 * HOUR


def test_one_crl_is_made_every_15_seconds_and_a_large_joined_one_every_15_minutes() -> None:
    small, large = [shard("0", entries=50_000)] * 2, [shard("0", entries=50_001)] * 2
    assert spacing_of(small) == SPACING == timedelta(seconds=15)
    assert spacing_of(large) == timedelta(minutes=15)
