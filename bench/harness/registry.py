"""Which benchmarks there are: every module of a topic's folder that has `rows`. The folder is the topic."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.harness.base import HERE
from bench.harness.rows import Row

TOPICS = (
    *("requests", "lists", "issuing", "crls", "ocsp", "cold"),
    *("delivery", "audit", "inventory", "cli", "local"),
)
_MARK = "def rows() -> Iterator[Row]:"


@dataclass(frozen=True)
class Bench:
    """A module with `rows`, by whose name `make bench BENCH=` finds it."""

    name: str
    topic: str

    def rows(self) -> Iterator[Row]:
        found: Iterator[Row] = importlib.import_module(f"bench.{self.topic}.{self.name}").rows()
        return found


def benches() -> list[Bench]:
    """In the order of the topics."""
    return [
        Bench(path.stem, topic)
        for topic in TOPICS
        for path in sorted((HERE / "bench" / topic).glob("*.py"))
        if _has_rows(path)
    ]


def _has_rows(path: Path) -> bool:
    return _MARK in path.read_text()
