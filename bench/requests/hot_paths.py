"""What each request costs that people and machines make all day, beside an earlier commit: processor time of
the handler, calls of DynamoDB, units. Needs Java 17 and npm, for DynamoDB Local."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench.harness.rows import Row, Skipped, exactly
from bench.harness.sides import Side, both
from bench.harness.turns import beside
from tests.support.aws.dynamodb_local import running

_SIDE = Path(__file__).with_name("hot_paths_side.py")


@dataclass(frozen=True)
class _Path:
    """`times` are the requests of a turn, whose median is its figure; `at_most` is of the base's time."""

    name: str
    text: str
    times: int = 5
    at_most: float | None = None


_PATHS = (
    _Path("accept", "POST certificate, accepted"),
    _Path("sign", "signing worker"),
    _Path("issue", "both together"),
    _Path("get_one", "GET one", 10),
    _Path("list", "list of 50", at_most=0.7),
    _Path("expiring", "list, `Expiring`"),
    _Path("active", "list, `Active`"),
    _Path("search", "search, a full page"),
    _Path("search_one", "search, one hit"),
    _Path("revoke", "revoke"),
    _Path("summary", "stats/summary"),
    _Path("overview_later", "stats/overview, each 30 s", at_most=0.15),
    _Path("overview", "stats/overview, within 15 s of another's"),
    _Path("attention_later", "attention, each 60 s", at_most=0.25),
    _Path("metrics", "metrics"),
    _Path("audit", "audit, 50"),
    _Path("jobs", "jobs, 50"),
    _Path("notifications", "notifications"),
    _Path("poll", "agent's poll", 10),
    _Path("health", "GET /health", 100),
)


_COUNTED = (
    ("overview_later", "stats/overview, each 30 s", 5, 6),
    ("attention_later", "attention, each 60 s", 12, 25),
    ("expiring", "list, `Expiring`", 5, 35),
)


def rows() -> Iterator[Row]:
    if shutil.which("java") is None or shutil.which("npm") is None:
        raise Skipped("no Java or npm")
    with running() as endpoint, both(_SIDE, endpoint) as sides:
        for path in _PATHS:
            row = sides.row(path.text, "ms", "turn", path.name, path.times)
            counts, peer_counts = (_counts(each, path.name) for each in (sides.ours, sides.base))
            yield replace(row, at_most=path.at_most, counts=counts, peer_counts=peer_counts)

        yield _filtered(sides.ours)
        for name, text, calls, units in _COUNTED:
            found = _counts(sides.ours, name)
            yield Row(f"{text}: calls", "DynamoDB calls", exactly(found["DynamoDB calls"]), at_most=calls)
            yield Row(f"{text}: units", "RRU", exactly(found["RRU"]), at_most=units)


def _filtered(ours: Side) -> Row:
    """A filter that no index answers, beside no filter."""
    turns = ("expiring", "list")
    filtered, whole = (partial(ours.ask, "turn", name, 5) for name in turns)
    return replace(beside(filtered, whole).row("list, `Expiring`", "ms", "list of 50"), at_most=1.3)


def _counts(of: Side, name: str) -> dict[str, float]:
    return dict(zip(("DynamoDB calls", "RRU", "WRU"), of.ask("counted", name), strict=True))
