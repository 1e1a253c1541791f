"""Processes that stay, one for each tree, for warm paths: each answers a line with a line."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.harness.base import BASE, HERE, base_tree, environment_of
from bench.harness.rows import Row
from bench.harness.turns import beside


class Side:
    """A process that runs a script of this tree with the modules of one of the trees."""

    def __init__(self, tree: Path, script: Path, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            cwd=tree,
            env=environment_of(tree),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str, *arguments: Any) -> Any:
        """What `answering` made of it."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process has no pipes")
        self._process.stdin.write(json.dumps([question, *arguments]) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith(_MARK):
                return json.loads(line.removeprefix(_MARK))
        raise SystemExit(f"the process ended at {question} with {self._process.wait()}")

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def side(tree: Path, script: Path, *arguments: str) -> Iterator[Side]:
    """Ended with the block."""
    made = Side(tree, script, arguments)
    try:
        yield made
    finally:
        made.end()


@dataclass(frozen=True)
class Sides:
    """This tree's process, and that of the earlier commit."""

    ours: Side
    base: Side

    def row(self, name: str, unit: str, question: str, *arguments: Any) -> Row:
        """One figure of both, which each answers for a turn."""
        pair = beside(
            lambda: float(self.ours.ask(question, *arguments)),
            lambda: float(self.base.ask(question, *arguments)),
        )
        return pair.row(name, unit, f"base {BASE}")


@contextmanager
def both(script: Path, *arguments: str) -> Iterator[Sides]:
    """The same script with the modules of both trees."""
    with side(HERE, script, *arguments) as ours, side(base_tree(), script, *arguments) as base:
        yield Sides(ours, base)


_MARK = "bench> "


def answering(answers: Mapping[str, Callable[..., Any]]) -> None:
    """The script's own loop. Other lines that it prints are skipped."""
    for line in sys.stdin:
        question, *arguments = json.loads(line)
        answer = answers[question](*arguments)
        sys.__stdout__.write(f"\n{_MARK}{json.dumps(answer)}\n")  # type: ignore[union-attr]  # it has one
        sys.__stdout__.flush()  # type: ignore[union-attr]
