"""The progress bar of a terminal, drawn once an operation takes long enough for one to be seen."""

import time
from dataclasses import dataclass, field
from typing import Any

_SOON = 0.5
"""Seconds: what is faster needs no bar, and does not load what draws it."""


@dataclass
class LateBar:
    began: float = field(default_factory=time.monotonic)
    bar: Any = None
    task: Any = None

    def show(self, what: str, done: int, total: int | None) -> None:
        if self.bar is None and time.monotonic() - self.began < _SOON:
            return
        if self.bar is None:
            self._draw()
        self.bar.update(self.task, description=what, completed=done, total=total)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()

    def _draw(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task("", total=None)
        self.bar.start()
