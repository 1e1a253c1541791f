"""What a run showed, as a table: `FLEET_RECORD=file make test-servers` keeps it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.support.local.moved_clock import MovedClock

_HEAD = "| at | clock | step | seen |\n| --- | --- | --- | --- |\n"


@dataclass
class Record:
    """`at` counts seconds since its beginning; `clock` is how far that was moved."""

    clock: MovedClock
    began: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)

    def saw(self, step: str, seen: str) -> None:
        cells = (f"{time.monotonic() - self.began:.0f} s", _days(self.clock.moved), step, seen)
        self.lines.append(f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |")

    @contextmanager
    def kept(self) -> Iterator["Record"]:
        yield self
        if path := os.environ.get("FLEET_RECORD"):
            Path(path).write_text(_HEAD + "\n".join(self.lines) + "\n")


def _days(moved: timedelta) -> str:
    minutes = moved.seconds // 60
    return f"+{moved.days} d" + (f" {minutes} min" if minutes else "")
