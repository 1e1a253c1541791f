"""Counts as JSON: those of a day, and those of a count in progress."""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from certctl.domain.inventory.census.counting import (
    CaSeen,
    Census,
    Counts,
    Facet,
    Issued,
    IssuerName,
    SeenNowhere,
    Tally,
)
from certctl.domain.inventory.census.figures import ExpiringCa, Figures
from certctl.domain.inventory.census.soonest import ExpiringLeaf
from certctl.domain.inventory.census.traits import Renewer
from certctl.domain.times import from_wire, to_wire


def text_of_figures(figures: Figures) -> str:
    return _json(
        {
            "counts": {facet.value: dict(values) for facet, values in figures.counts.items() if values},
            "cas": [
                [ca.fingerprint, ca.subject, to_wire(ca.not_after), ca.leaves] for ca in figures.expiring_cas
            ],
            "nowhere": [figures.seen_nowhere.count, *figures.seen_nowhere.first],
            "soonest": _packed_leaves(figures.soonest),
        }
    )


def figures_of_text(text: str, day: str, counted_at: datetime) -> Figures:
    parts = json.loads(text)
    cas = tuple(ExpiringCa(f, subject, from_wire(end), leaves) for f, subject, end, leaves in parts["cas"])
    soonest = tuple(_leaves(parts.get("soonest", ())))  # days that were counted before have none
    return Figures(day, counted_at, _counts(parts["counts"]), cas, _nowhere(parts["nowhere"]), soonest)


def packed(census: Census) -> bytes:
    """The count in progress, compressed."""
    parts = {
        "tallies": {whose: _packed_tally(tally) for whose, tally in census.tallies.items()},
        "cas": [[n.name, n.key_id, ca.fingerprint, to_wire(ca.not_after)] for n, ca in census.cas.items()],
        "nowhere": {whose: [seen.count, *seen.first] for whose, seen in census.seen_nowhere.items()},
    }
    return zlib.compress(_json(parts).encode())


def unpacked(body: bytes) -> Census:
    parts = json.loads(zlib.decompress(body))
    return Census(
        {whose: _tally(part) for whose, part in parts["tallies"].items()},
        {IssuerName(name, key): CaSeen(found, from_wire(end)) for name, key, found, end in parts["cas"]},
        {whose: _nowhere(part) for whose, part in parts["nowhere"].items()},
    )


def _packed_tally(tally: Tally) -> Any:
    counts = {facet.value: dict(values) for facet, values in tally.counts.items()}
    issuers = [[n.name, n.key_id, i.leaves, to_wire(i.latest)] for n, i in tally.issuers.items()]
    return [counts, issuers, _packed_leaves(tally.soonest)]


def _tally(part: Any) -> Tally:
    counts, issuers, soonest = part
    found = {IssuerName(name, key): Issued(leaves, from_wire(end)) for name, key, leaves, end in issuers}
    return Tally(_counts(counts), found, _leaves(soonest))


def _packed_leaves(leaves: Iterable[ExpiringLeaf]) -> Any:
    return [[to_wire(each.not_after), each.fingerprint, each.name, each.renewer.value] for each in leaves]


def _leaves(parts: Any) -> list[ExpiringLeaf]:
    return [
        ExpiringLeaf(renewer == Renewer.MANAGED, from_wire(end), fingerprint, name, Renewer(renewer))
        for end, fingerprint, name, renewer in parts
    ]


def _counts(parts: Any) -> Counts:
    counts: Counts = defaultdict(Counter)
    counts.update({Facet(name): Counter(values) for name, values in parts.items()})
    return counts


def _nowhere(part: Any) -> SeenNowhere:
    count, *first = part
    return SeenNowhere(count, tuple(first))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
