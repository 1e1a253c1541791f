"""Results as files: one for each benchmark, with the machine, the day, the commit and the command."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.harness.base import BASE, HERE
from bench.harness.rows import Measure, Row

KEPT = HERE / "bench" / "results"
"""Committed; docs/benchmarks.md is made of it."""
UNKEPT = HERE / ".local" / "bench" / "results"


@dataclass(frozen=True)
class Result:
    """What one benchmark said in one run."""

    bench: str
    topic: str
    machine: str
    load: str
    date: str
    commit: str
    base: str
    seconds: int
    rows: tuple[Row, ...]

    @property
    def command(self) -> str:
        return f"make bench BENCH={self.bench}"


def result_of(bench: str, topic: str, seconds: float, rows: Iterable[Row]) -> Result:
    """A result of here and now."""
    now, load = datetime.now(UTC), os.getloadavg()
    return Result(
        bench,
        topic,
        machine(),
        f"{load[0]:.0f}",
        f"{now:%Y-%m-%d}",
        _commit(),
        BASE,
        round(seconds),
        tuple(rows),
    )


def machine() -> str:
    """Processor, cores, and the versions that figures hang on."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = names[0].partition(":")[2].strip() if names else platform.machine()
    return f"{len(names) or os.cpu_count()} cores of {processor}, Python {platform.python_version()}"


def _commit() -> str:
    command = ["git", "rev-parse", "--short=8", "HEAD"]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout.strip()


def store(result: Result, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    record = asdict(result) | {"command": result.command, "rows": [_record(row) for row in result.rows]}
    (folder / f"{result.bench}.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def stored(folder: Path = KEPT) -> list[Result]:
    return [_result(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]


def _record(row: Row) -> dict[str, Any]:
    """Without what is empty; figures to four places, so that a diff shows what changed."""
    record = {name: value for name, value in asdict(row).items() if value not in ("", None, {})}
    return {name: _rounded(value) for name, value in record.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _result(record: dict[str, Any]) -> Result:
    record.pop("command")
    return Result(**record | {"rows": tuple(_row(each) for each in record["rows"])})


def _row(record: dict[str, Any]) -> Row:
    measures = {
        name: Measure(**record[name]) for name in ("ours", "peer", "ratio") if record.get(name) is not None
    }
    return Row(**record | measures)
