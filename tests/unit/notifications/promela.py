"""Runs the Promela model of docs/protocol by spin."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.unit.notifications.protocol_states import Faults

MODEL = Path(__file__).parents[3] / "docs" / "protocol" / "delivery.pml"
_STORED = re.compile(r"(\d+) states, stored")
_VIOLATED = re.compile(r"pan:1: (.+) \(at depth")


@dataclass(frozen=True)
class Verified:
    """The number of states, and what does not hold: empty if all does."""

    states: int
    violated: str


def is_installed() -> bool:
    return all(map(shutil.which, ("spin", "gcc")))


def verify(faults: Faults, rules: Mapping[str, bool] | None = None) -> Verified:
    """Every state that the model reaches with these faults, unless one of them breaks an assertion."""
    allowed = [f"-D{name.upper()}={count}" for name, count in faults._asdict().items()]
    chosen = [f"-D{name}={int(holds)}" for name, holds in (rules or {}).items()]
    with TemporaryDirectory() as folder:
        _run(folder, "spin", "-a", *allowed, *chosen, str(MODEL))
        _run(folder, "gcc", "-O1", "-w", "-DSAFETY", "-DVECTORSZ=256", "-o", "pan", "pan.c")
        found = _run(folder, "./pan", "-m1000000")
    stored, violated = _STORED.search(found), _VIOLATED.search(found)
    if stored is None or "max search depth too small" in found:
        raise RuntimeError(found)
    return Verified(int(stored.group(1)), violated.group(1) if violated else "")


def _run(folder: str, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout
