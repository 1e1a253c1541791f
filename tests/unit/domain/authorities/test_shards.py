"""How many CRL shards a CA has, and which of them a leaf takes."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.authorities.authorities import ALL_SHARD, Authority, CrlShard, first_shards, shard_for
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.authorities.sharding import joined_by, shards_to_open
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.ids import shards_ever_for

_NOW = datetime(2026, 11, 27, tzinfo=UTC)
_AUTHORITY = Authority(
    ca_id="ca-1",
    issuer_id="iss-local",
    role="issuing",
    key_arn="arn:issuing",
    certificate_pem="",
    subject_key_identifier="00",
    not_before=_NOW,
    not_after=_NOW + timedelta(days=1825),
    state=AuthorityState.ACTIVE,
    certificate_url="http://h/pki/ca-1.crt",
    crl_url="http://h/pki/ca-1/0.crl",
    all_crl_url="http://h/pki/ca-1/all.crl",
)


def shards(count: int, entries: int | None = 0) -> list[CrlShard]:
    """The rows of a CA of an earlier release: that many open shards, each with so many entries, and `all`."""
    numbered = [
        CrlShard("ca-1", str(n), f"http://h/pki/ca-1/{n}.crl", open=True, entries=entries)
        for n in range(count)
    ]
    joined = CrlShard("ca-1", ALL_SHARD, _AUTHORITY.all_crl_url or "", open=False)
    return [*numbered, joined]


def added(present: list[CrlShard]) -> list[str]:
    return [shard.shard for shard in shards_to_open(_AUTHORITY, present)]


def complete(count: int, entries: int) -> list[CrlShard]:
    """The rows of a CA whose complete CRL, shard 0, has so many entries; that many shards are open."""
    first, *others, joined = shards(count)
    made = replace(first, complete=True, entries=entries, crl_number=9)
    return [made, *(replace(other, entries=entries // count, crl_number=1) for other in others), joined]


def test_a_new_ca_opens_one_crl_which_is_complete() -> None:
    made = first_shards(_AUTHORITY)
    assert [(shard.shard, shard.complete) for shard in made] == [("0", True), (ALL_SHARD, True)]
    assert added(made) == ["0"]


def test_a_ca_that_an_earlier_release_made_and_nobody_activated_opens_sixteen() -> None:
    made = [replace(shard, complete=False) for shard in first_shards(_AUTHORITY)]
    assert added(made) == [str(number) for number in range(16)]


@pytest.mark.parametrize(("entries", "total"), [(5_000, 1), (5_001, 16)])
def test_leaves_spread_over_sixteen_shards_once_the_complete_crl_has_more_than_5000_entries(
    entries: int, total: int
) -> None:
    assert added(complete(1, entries)) == [str(number) for number in range(1, total)]


@pytest.mark.parametrize(("entries", "total"), [(4_000, 16), (160_000, 16), (160_001, 32)])
def test_the_entries_of_a_complete_crl_are_counted_once(entries: int, total: int) -> None:
    assert added(complete(16, entries)) == [str(number) for number in range(16, total)]


def test_a_ca_with_one_gets_fifteen_more_with_urls_beside_the_first() -> None:
    found = shards_to_open(_AUTHORITY, shards(1, None))
    assert [shard.url for shard in found] == [f"http://h/pki/ca-1/{n}.crl" for n in range(1, 16)]
    assert not any(shard.open for shard in found)


@pytest.mark.parametrize(
    ("present", "entries", "total"),
    [(16, 10_000, 16), (16, 10_001, 32), (32, 10_001, 64), (64, 90_000, 128), (128, 90_000, 128)],
)
def test_the_number_doubles_to_128_over_10000_entries_on_average(
    present: int, entries: int, total: int
) -> None:
    assert added(shards(present, entries)) == [str(number) for number in range(present, total)]


def test_a_closed_shard_is_opened_as_it_is() -> None:
    closed = CrlShard("ca-1", "1", "http://elsewhere/1.crl", open=False, crl_number=7)
    found = shards_to_open(_AUTHORITY, [*shards(1), closed])
    assert found[0] == closed


@given(st.integers(1, 128), st.integers(0, 10**6))
def test_what_is_opened_was_not_and_none_is_missing_in_between(present: int, entries: int) -> None:
    before = shards(present, entries)
    after = {shard.shard for shard in before if shard.open} | set(added(before))
    assert after == {str(number) for number in range(len(after))}
    assert not set(added(before)) & {shard.shard for shard in before}
    assert 16 <= len(after) <= 128


def test_leaves_spread_evenly_and_the_choice_of_a_serial_stays() -> None:
    present = shards(16)
    chosen = Counter(shard_for(f"{number:040x}", present).shard for number in range(16_000))
    assert set(chosen) == {str(number) for number in range(16)}
    assert max(chosen.values()) < 2 * min(chosen.values())
    assert shard_for("0a01", present) == shard_for("0a01", present[::-1])


def test_a_shard_is_not_late_before_its_first_crl_unless_it_is_the_first() -> None:
    further = CrlShard("ca-1", "5", "http://h/pki/ca-1/5.crl", open=False)
    assert not further.is_late("issuing", _NOW)
    assert all(shard.is_late("issuing", _NOW) for shard in first_shards(_AUTHORITY))
    assert replace(further, crl_number=1).is_late("issuing", _NOW)


def test_in_rows_of_earlier_releases_the_scope_of_a_numbered_crl_is_its_url() -> None:
    *numbered, joined = shards(2)
    assert [scope_of(_AUTHORITY, shard) for shard in numbered] == [shard.url for shard in numbered]
    assert scope_of(_AUTHORITY, joined) is None
    assert scope_of(replace(_AUTHORITY, role="root"), numbered[0]) is None


def test_a_complete_crl_has_no_scope_beside_shards_that_have_one() -> None:
    first, second, joined = complete(2, 7)
    assert [scope_of(_AUTHORITY, each) for each in (first, second, joined)] == [None, second.url, None]


def test_a_complete_crl_joins_the_other_shards_and_all_joins_it_alone() -> None:
    first, second, third, joined = complete(3, 7)
    found = [first, second, replace(third, crl_number=0), joined]
    assert joined_by(first, found) == [second]
    assert joined_by(second, found) == []
    assert joined_by(joined, found) == [first]


def test_without_a_complete_crl_only_all_joins_others() -> None:
    *numbered, joined = (replace(shard, crl_number=1) for shard in shards(3))
    assert [joined_by(shard, [*numbered, joined]) for shard in numbered] == [[], [], []]
    assert joined_by(joined, [*numbered, joined]) == numbered


def test_a_serial_whose_row_is_lost_is_looked_for_in_each_shard_that_it_can_have() -> None:
    present = shards(1, 1_000_000)
    sizes = [1]
    while opened := shards_to_open(_AUTHORITY, present):
        sizes.append(len(present) - 1 + len(opened))
        present = shards(sizes[-1], 1_000_000)
    assert sizes == [1, 16, 32, 64, 128]
    for number in range(200):
        serial = f"{number:032x}"
        possible = {shard_for(serial, shards(size)).shard for size in sizes}
        assert set(shards_ever_for(serial)) == possible
        assert len(shards_ever_for(serial)) == len(possible) <= 5
