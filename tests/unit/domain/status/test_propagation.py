from datetime import UTC, datetime, timedelta

from certctl.domain.status.looks import DueRevocation, Observation, Sighting, Way
from certctl.domain.status.propagation import Overdue, Propagation, bucket_of, overdue_now, propagations

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _row(seconds_ago: float, ca_id: str = "ca-1") -> DueRevocation:
    return DueRevocation(ca_id, "0", "0a01", NOW - timedelta(seconds=seconds_ago))


def _missing(row: DueRevocation, *ways: Way) -> Observation:
    return Observation(row, (), frozenset(ways))


def test_buckets_have_upper_bounds_and_one_has_none() -> None:
    assert [bucket_of(s) for s in (0, 1, 1.001, 60, 90.5, 300, 300.001)] == [
        "1", "1", "2", "60", "120", "300", "later",
    ]  # fmt: skip


def test_sightings_of_a_look_are_summed_by_way() -> None:
    first, second = _row(3), _row(23)
    seen = [
        Observation(first, (Sighting(Way.OCSP, NOW, "00"),), frozenset({Way.CRL})),
        Observation(second, (Sighting(Way.CRL, NOW, "00"), Sighting(Way.OCSP, NOW, "00")), frozenset()),
    ]
    assert propagations(seen) == [
        Propagation(Way.CRL, {"40": 1}, 23.0),
        Propagation(Way.OCSP, {"5": 1, "40": 1}, 26.0),
    ]
    assert propagations([]) == []


def test_a_histogram_is_cumulative() -> None:
    found = Propagation(Way.CRL, {"1": 2, "40": 3, "later": 1}, 100.0)
    assert [found.up_to(bound) for bound in (1, 20, 40, 300)] == [2, 2, 5, 5]
    assert found.count == 6


def test_revocations_are_overdue_by_ca_and_way() -> None:
    missing = [
        _missing(_row(130), Way.CRL),
        _missing(_row(20), Way.CRL, Way.OCSP),
        _missing(_row(200, "ca-2"), Way.CRL),
        _missing(_row(150), Way.CRL),
    ]
    assert overdue_now(missing, [], NOW) == [
        Overdue("ca-1", Way.CRL, 2, 1, NOW - timedelta(seconds=150)),
        Overdue("ca-1", Way.OCSP, 1, 1, NOW - timedelta(seconds=20)),
        Overdue("ca-2", Way.CRL, 1, 1, NOW - timedelta(seconds=200)),
    ]


def test_people_are_told_after_two_minutes_in_a_row() -> None:
    missing = [_missing(_row(130), Way.CRL)]
    (first,) = overdue_now(missing, [], NOW)
    (second,) = overdue_now(missing, [first], NOW)
    assert [first.is_delayed, second.is_delayed] == [False, True]


def test_it_is_over_once_a_look_at_all_misses_nothing() -> None:
    known = [Overdue("ca-1", Way.CRL, 2, 7, NOW)]
    (over,) = overdue_now([], known, NOW)
    assert over == Overdue("ca-1", Way.CRL, 0, 0)
    (again,) = overdue_now([_missing(_row(130), Way.CRL)], [over], NOW)
    assert again.runs == 1
