"""Turn by turn: each side acts once a turn, and who is first changes, so that a machine that slows down slows
both. Figures are processor time where a side says nothing else."""

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from bench.harness.rows import Measure, Row, measured

type Act = Callable[[], float]
"""One turn, which returns its figure."""

TURNS = 5


@dataclass(frozen=True)
class Pair:
    """Both sides' turns. The ratio is that of each turn, whose two halves met the same machine."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratio(self) -> Measure:
        return measured(mine / other for mine, other in zip(self.ours, self.peer, strict=True))

    def row(self, name: str, unit: str, peer_name: str) -> Row:
        """A row without a bound; `dataclasses.replace` gives it one, or counts, or a note."""
        return Row(name, unit, measured(self.ours), measured(self.peer), peer_name, self.ratio)


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    cpu_ms: float
    wall_ms: float
    peak_mb: float
    stdout: bytes


def beside(ours: Act, peer: Act, turns: int = TURNS) -> Pair:
    """Both in turn, after one turn each that does not count."""
    found = by_turns({"ours": ours, "peer": peer}, turns)
    return Pair(found["ours"], found["peer"])


def by_turns(acts: Mapping[str, Act], turns: int = TURNS) -> dict[str, tuple[float, ...]]:
    """All in turn, after one turn each that does not count."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for act in acts.values():
        act()
    for turn in range(turns):
        names = list(acts) if turn % 2 == 0 else list(reversed(list(acts)))
        for name in names:
            found[name].append(acts[name]())
    return {name: tuple(figures) for name, figures in found.items()}


def cpu_ms(act: Callable[[], object]) -> float:
    """Processor time of this process for one call."""
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


def median_cpu_ms(act: Callable[[], object], times: int) -> float:
    """The middle one of many short calls, as one turn."""
    return statistics.median(cpu_ms(act) for _ in range(times))


def ran(
    command: Sequence[str],
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Ran:
    """A command run to its end, its children included; a failure ends the benchmark with its last words."""
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdin=given, stdout=out, stderr=err, close_fds=True
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise SystemExit(f"{command[0]} ended with {process.returncode}: {err.read()[-2000:].decode()}")
        return Ran(_ms(used), wall * 1000, used.ru_maxrss / 1024, out.read())


def _ms(used: resource.struct_rusage) -> float:
    return (used.ru_utime + used.ru_stime) * 1000
