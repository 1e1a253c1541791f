from certctl.domain.inventory.manifests import FIRST, LAST, RANGE_PLACES, Found, digest_of, ranges_of
from certctl.domain.inventory.places import parse_place

_FOUND = [Found(parse_place(f"file:/etc/{n}.pem#0"), f"{n:064x}") for n in range(RANGE_PLACES + 1)]


def test_a_digest_does_not_depend_on_the_order_of_a_scan() -> None:
    assert digest_of(_FOUND) == digest_of(_FOUND[::-1])
    assert digest_of(_FOUND) != digest_of(_FOUND[1:])


def test_ranges_cover_every_key_once() -> None:
    ranges = ranges_of(_FOUND, is_complete=True)
    assert [len(each.found) for each in ranges] == [RANGE_PLACES, 1]
    assert (ranges[0].after, ranges[0].upto, ranges[1].upto) == (FIRST, ranges[1].after, LAST)
    assert all(each.after < f.place.key <= each.upto for each in ranges for f in each.found)


def test_an_empty_scan_has_one_range_that_covers_everything() -> None:
    (only,) = ranges_of([], is_complete=True)
    assert (only.after, only.upto, only.found, only.is_last) == (FIRST, LAST, (), True)
