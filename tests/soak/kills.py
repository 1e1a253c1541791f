"""Kills processes of functions at random, by SIGKILL, and keeps a log of it."""

import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_PROC = Path("/proc")
_FOLDER = re.compile(r"/ministack-lambda-([A-Za-z0-9-]+)-[^-/]{8}/")
# A process that starts is killed, too: so long after its predecessor.
_AGAIN_SECONDS = (0.05, 1.5)
_AGAIN_SHARE = 0.3
# An idle process loses nothing: most kills wait until their victim works, then a part of a request's time.
_BUSY_SHARE = 0.8
_BUSY_SECONDS = 4.0
_INTO_WORK_SECONDS = 0.25
_TICK_SECONDS = 0.004


@dataclass(frozen=True)
class Kill:
    """`was_busy`: the process was working; `sends`: alerts that receivers were answering at this moment."""

    at: float
    function: str
    pid: int
    was_busy: bool
    sends: int


@dataclass
class Killer:
    """`names` has the folder of each deployed function's name, `sends` counts open sends."""

    seed: str
    every: float
    emulator: int
    names: Mapping[str, str]
    sends: Callable[[], int]
    stopping: threading.Event = field(default_factory=threading.Event)
    kills: list[Kill] = field(default_factory=list)

    def run(self) -> None:
        """Until `stopping`: often what was killed least, so that each function has its turn."""
        rng = random.Random(f"{self.seed}:kills")  # noqa: S311  # kills that repeat
        while self.every and not self.stopping.wait(rng.expovariate(1 / self.every)):
            victim = self._chosen(rng)
            if victim and rng.random() < _AGAIN_SHARE:
                self.stopping.wait(rng.uniform(*_AGAIN_SECONDS))
                self._kill_one(rng, victim)

    def _chosen(self, rng: random.Random) -> str:
        running = self._running()
        if not running:
            return ""
        counted = Counter(kill.function for kill in self.kills)
        names = sorted(running)
        function = rng.choices(names, [1 / (1 + counted[name]) for name in names])[0]
        pids = running[function]
        busy = self._working(pids) if rng.random() < _BUSY_SHARE else 0
        if busy:
            self.stopping.wait(rng.uniform(0, _INTO_WORK_SECONDS))
        self._kill(function, busy or rng.choice(pids), bool(busy))
        return function

    def _working(self, pids: Sequence[int]) -> int:
        """The first of these that uses its processor; 0 if none does for some seconds."""
        before = {pid: _ticks(pid) for pid in pids}
        deadline = time.monotonic() + _BUSY_SECONDS
        while time.monotonic() < deadline and not self.stopping.wait(_TICK_SECONDS):
            for pid in pids:
                if _ticks(pid) > before[pid]:
                    return pid
        return 0

    def _kill_one(self, rng: random.Random, function: str) -> None:
        pids = self._running().get(function)
        if pids:
            self._kill(function, rng.choice(pids), was_busy=True)

    def _kill(self, function: str, pid: int, was_busy: bool) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills.append(Kill(time.time(), function, pid, was_busy, self.sends()))

    def _running(self) -> dict[str, list[int]]:
        """Process ids by the function that they run."""
        found: dict[str, list[int]] = {}
        for pid in sorted(_descendants(self.emulator)):
            function = self.names.get(_deployed_name(pid))
            if function:
                found.setdefault(function, []).append(pid)
        return found

    def as_records(self) -> list[dict[str, Any]]:
        return [asdict(kill) for kill in self.kills]


def _descendants(ancestor: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found, waiting = set[int](), list(children.get(ancestor, []))
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting += children.get(pid, [])
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                # After the command's name, which may have spaces: the state, then the parent.
                after = (folder / "stat").read_text().rpartition(")")[2].split()
                yield int(folder.name), int(after[1])


def _ticks(pid: int) -> int:
    """User and system time in ticks of the clock; 0 if the process has ended."""
    try:
        after = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(after[11]) + int(after[12])


def _deployed_name(pid: int) -> str:
    """The function that a process runs, by the folder that the emulator has made for it."""
    try:
        command = (_PROC / str(pid) / "cmdline").read_text()
    except OSError:
        return ""
    found = _FOLDER.search(command)
    return found[1] if found else ""
