"""What each list and each page that is kept open costs in a large inventory beside one of a thousand.

SCALE is the larger number of certificates, 10000 if it is not set; endpoints are as many, agents a tenth.
Needs Java 17 and npm, for DynamoDB Local.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.harness.base import HERE
from bench.harness.databases import dynamodb_local
from bench.harness.rows import Row
from bench.harness.sides import Side, side
from bench.harness.turns import beside

_SIDE = Path(__file__).with_name("scale_side.py")
_SMALL = 1000
_FLAT = 1.5
"""The most that a figure may grow by: an index's entries differ in length, and a machine has its moods."""
_NAMES = {
    "list": "list of 50",
    "tenth": "its tenth page",
    "soonest": "list, soonest expiry first",
    "expiring": "list, `Expiring`",
    "environment": "list with a filter that no index has and nothing matches",
    "team": "list of a team",
    "search_one": "search, one hit",
    "search_all": "search, a domain of all",
    "search_none": "search, nothing",
    "summary": "stats/summary",
    "overview": "stats/overview",
    "attention": "attention",
    "metrics": "metrics",
    "jobs": "jobs",
    "agents": "agents",
    "endpoints": "endpoints",
    "endpoints_team": "endpoints of a team",
}

_GROWS = {"attention": "loads each certificate that ends within 72 hours, up to 500"}
"""What has another bound, and which."""


def rows() -> Iterator[Row]:
    size = int(os.environ.get("SCALE") or 10 * _SMALL)
    with (
        dynamodb_local() as endpoint,
        side(HERE, _SIDE, endpoint, str(_SMALL)) as small,
        side(HERE, _SIDE, endpoint, str(size)) as large,
    ):
        for name, text in _NAMES.items():
            yield _row(name, f"{text}, {size:,}", large, small)


def _row(name: str, text: str, large: Side, small: Side) -> Row:
    pair = beside(
        lambda: float(large.ask("turn", name, 5)),
        lambda: float(small.ask("turn", name, 5)),
    )
    return replace(
        pair.row(text, "ms", f"{_SMALL:,} certificates"),
        at_most=None if name in _GROWS else _FLAT,
        note=_GROWS.get(name, ""),
        counts=_counts(large, name),
        peer_counts=_counts(small, name),
    )


def _counts(of: Side, name: str) -> dict[str, float]:
    return dict(zip(("DynamoDB calls", "RRU"), of.ask("counted", name), strict=True))
