"""A scan as a manifest: its places in the order of their keys, each with its certificate and chain.

The reporter sends the digest; if that has changed, ranges of places. Whatever is lost or repeated, the next
range or scan mends.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched

from certctl.domain.inventory.places import Place

RANGE_PLACES = 2_000
FIRST, LAST = "", "~"
"""Before and after every key of a place."""


@dataclass(frozen=True)
class Found:
    """A certificate at a place, and the fingerprints of its chain."""

    place: Place
    fingerprint: str
    chain: tuple[str, ...] = ()
    renewed_by: str | None = None

    @property
    def line(self) -> str:
        return f"{self.place.key} {','.join((self.fingerprint, *self.chain))}"


@dataclass(frozen=True)
class Range:
    """All that a scan found at places with keys above `after`, up to `upto`. `is_complete`: the scan met
    neither a failure nor a limit, so that what is missing here is gone. `ders`: certificates by fingerprint,
    those that were asked for."""

    run: str
    after: str
    upto: str
    found: tuple[Found, ...]
    is_complete: bool
    ders: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def is_last(self) -> bool:
        return self.upto == LAST


def digest_of(found: Iterable[Found]) -> str:
    """SHA-256 of the lines `<place key> <fingerprint>,<chain...>` in the order of the keys."""
    lines = sorted(each.line for each in found)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def ranges_of(found: Sequence[Found], *, is_complete: bool) -> list[Range]:
    """The ranges of a whole scan: one at least, so that an empty scan removes what was there."""
    ordered = sorted(found, key=lambda each: each.place.key)
    run = digest_of(ordered)
    parts = list(batched(ordered, RANGE_PLACES, strict=False)) or [()]
    ends = [FIRST, *(part[-1].place.key for part in parts[:-1]), LAST]
    return [
        Range(run, after, upto, tuple(part), is_complete)
        for part, after, upto in zip(parts, ends[:-1], ends[1:], strict=True)
    ]
