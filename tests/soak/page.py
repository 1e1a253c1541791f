"""The tables of docs/reliability.md: the invariants out of their docstrings, the runs out of the results."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.soak.invariants import INVARIANTS, Invariant
from tests.support.template import ROOT

PAGE = ROOT / "docs" / "reliability.md"
_COLUMNS = (
    "seed",
    "load, s",
    "requests",
    "certificates",
    "revoked",
    "alerts",
    "kills (at work)",
    "faults",
    "repeated",
    "found",
    "again",
)
RUNS = Path(__file__).with_name("runs.jsonl")


def written(page: str, runs: Iterable[Mapping[str, Any]]) -> str:
    """The page with both tables made again."""
    page = _between(page, "invariants", _invariants())
    return _between(page, "runs", _runs(runs))


def _between(page: str, name: str, lines: Iterable[str]) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return pattern.sub(lambda _: "\n".join([begin, "", *lines, "", end]), page)


def _invariants() -> Iterator[str]:
    yield "| invariant | what holds | reads | broken by |"
    yield "| --- | --- | --- | --- |"
    for invariant in INVARIANTS:
        yield f"| {' | '.join(_cells(invariant))} |"


def _cells(invariant: Invariant) -> tuple[str, str, str, str]:
    words = " ".join((invariant.__doc__ or "").split())
    holds, _, rest = words.partition(" Reads ")
    reads, _, broken_by = rest.partition(". Broken by ")
    return invariant.__name__.replace("_", " "), holds.rstrip("."), reads, broken_by.rstrip(".")


def _runs(runs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"| {' | '.join('---' for _ in _COLUMNS)} |"
    for run in runs:
        cells = (
            run["seed"],
            run["seconds"],
            run["requests"],
            run["certificates"],
            run["revocations"],
            run["alerts"],
            f"{run['kills']} ({run['kills_at_work']})",
            sum(run["faults"].values()),
            run["duplicates"],
            _found(run["findings"]),
            f"`make soak SEED={run['seed']} SOAK_SECONDS={run['seconds']}`",
        )
        yield f"| {' | '.join(map(str, cells))} |"


def _found(findings: Iterable[str]) -> str:
    names = sorted({finding.partition(":")[0].replace("_", " ") for finding in findings})
    return ", ".join(names) or "nothing"


def read_runs(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def write(results: Path) -> None:
    """Takes the runs of `results` as those of the page, if there are any, and writes both tables again."""
    if results.exists():
        RUNS.write_text(results.read_text())
    PAGE.write_text(written(PAGE.read_text(), read_runs(RUNS)))
