"""Whether a served CRL is the one that the stack published."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.authorities.authorities import CrlShard
from certctl.domain.status.served import (
    AHEAD,
    ANOTHER,
    BEHIND,
    EXPIRED,
    FELL,
    ServedUrl,
    crl_seen,
    is_same,
    lasting,
    not_usable,
)

_NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
_ENDS = _NOW + timedelta(hours=70)
_RECORD = CrlShard(
    "ca-1",
    "0",
    "http://pki.example.com/pki/ca-1/0.crl",
    open=True,
    crl_number=7,
    etag='"7"',
    announced=7,
    published_at=_NOW - timedelta(minutes=10),
)


def _seen(
    number: int,
    record: CrlShard = _RECORD,
    before: ServedUrl | None = None,
    after: float = 0,
    etag: str | None = None,
) -> ServedUrl:
    moment = _NOW + timedelta(seconds=after)
    return crl_seen(number, _ENDS, etag or f'"{number}"', record, before, moment)


def test_the_published_crl_has_no_fault() -> None:
    seen = _seen(7)
    assert (seen.fault, seen.number, seen.highest, seen.ends) == (None, 7, 7, _ENDS)


def test_the_preceding_crl_is_right_for_the_45_seconds_that_an_edge_may_keep_it() -> None:
    record = replace(_RECORD, crl_number=8, announced=8, etag='"8"', published_at=_NOW)
    assert _seen(7, record, after=44.9).fault is None
    assert _seen(7, record, after=45).fault == BEHIND


def test_of_a_shard_that_is_published_all_the_time_the_record_of_the_last_look_counts() -> None:
    before = _seen(7)
    record = replace(_RECORD, crl_number=20, announced=20, published_at=_NOW + timedelta(minutes=5))
    assert _seen(7, record, before, after=300).fault is None
    assert _seen(6, record, replace(before, highest=6), after=300).fault == BEHIND


def test_a_number_that_fell_is_a_fault_until_it_has_risen_again() -> None:
    record = replace(_RECORD, crl_number=5, announced=9)
    fallen = _seen(6, record, _seen(9, record), after=60)
    assert (fallen.fault, fallen.highest) == (FELL, 9)
    assert _seen(8, record, fallen, after=120).fault == FELL
    assert _seen(9, record, fallen, after=120).fault is None


def test_a_crl_that_was_published_after_its_record_was_read_is_right() -> None:
    assert _seen(8).fault is None


def test_a_number_that_no_record_announces_at_the_next_look_is_a_fault() -> None:
    assert _seen(9, before=_seen(9), after=60).fault == AHEAD


def test_another_body_with_the_published_number_is_a_fault() -> None:
    assert _seen(7, etag='"x"').fault == ANOTHER
    assert _seen(7, etag='W/"7"').fault is None


def test_a_crl_of_an_earlier_release_whose_record_has_no_etag_is_right() -> None:
    assert _seen(7, replace(_RECORD, etag="", published_at=None)).fault is None


def test_an_expired_crl_is_of_no_use_to_anybody() -> None:
    seen = crl_seen(7, _NOW, '"7"', _RECORD, None, _NOW)
    assert (seen.fault, seen.is_usable) == (EXPIRED, False)


def test_what_cannot_be_used_is_compared_with_what_was_served_before() -> None:
    failed = not_usable(_seen(9), "the answer is 404", _NOW)
    assert (failed.is_usable, failed.number, failed.etag) == (False, 9, '"9"')
    assert _seen(8, before=failed, after=60).fault == FELL


@pytest.mark.parametrize(("seconds", "is_due"), [(269, False), (270, True)])
def test_a_url_is_looked_at_every_five_minutes(seconds: int, is_due: bool) -> None:
    assert _seen(7).is_due(_NOW + timedelta(seconds=seconds)) is is_due


def test_a_url_with_a_fault_is_looked_at_in_each_run() -> None:
    assert not_usable(None, "the answer is 404", _NOW).is_due(_NOW)


def test_a_look_says_nothing_of_the_present_after_ten_minutes() -> None:
    seen = _seen(7)
    assert not seen.is_forgotten(_NOW + timedelta(minutes=10))
    assert seen.is_forgotten(_NOW + timedelta(minutes=10, seconds=1))


def test_unknown_etags_are_not_the_same() -> None:
    assert not is_same(None, None)
    assert not is_same("", "")
    assert is_same('"a"', 'W/"a"')


def test_a_fault_has_lasted_since_the_first_look_that_found_it() -> None:
    first = lasting(not_usable(_seen(7), "404", _NOW), _seen(7))
    later = _NOW + timedelta(minutes=3)
    second = lasting(not_usable(first, "404", later), first)
    assert (first.failing_since, second.failing_since) == (_NOW, _NOW)
    well = lasting(replace(second, fault=None), second)
    assert well.failing_since is None
    assert lasting(not_usable(well, "404", later), well).failing_since == later


def test_a_fault_that_an_earlier_release_found_lasts_from_the_next_look_on() -> None:
    before = replace(_seen(7), fault=FELL)
    assert lasting(not_usable(before, "404", _NOW), before).failing_since == _NOW
