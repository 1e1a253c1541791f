"""The options of a soak, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.template import ROOT

_HOUR = 3_600
_KILL_EVERY = 2.5
_DIRECTORY = ROOT / ".local" / "soak"


@dataclass(frozen=True)
class Options:
    """`seed` decides load, faults and kills; `results` is the file of all runs, one JSON object a line;
    `kill_every` the average seconds between two kills, 0 for none."""

    seed: int
    seconds: int
    directory: Path
    results: Path
    keep: bool
    kill_every: float


def read_options(environment: Mapping[str, str]) -> Options:
    """SEED (1), SOAK_SECONDS (3600), SOAK_DIR (.local/soak), SOAK_KEEP (0: a good run's state is removed),
    SOAK_KILL_EVERY (2.5)."""
    directory = Path(environment.get("SOAK_DIR") or _DIRECTORY).resolve()
    return Options(
        seed=int(environment.get("SEED") or 1),
        seconds=int(environment.get("SOAK_SECONDS") or _HOUR),
        directory=directory,
        results=Path(environment.get("SOAK_RESULTS") or directory / "results.jsonl").resolve(),
        keep=environment.get("SOAK_KEEP", "0") not in ("", "0"),
        kill_every=float(environment.get("SOAK_KILL_EVERY") or _KILL_EVERY),
    )
