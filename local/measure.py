"""`make measure`: sizes of what was built for this machine, and what importing each function costs.

Each function is imported alone, in a fresh process, from the built artefact and its layers and nothing else:
what is printed is the median over the median of a bare interpreter's start (design section 9).
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from local.build import BUILD
from local.deploy import snake_case
from local.settings import TOOLS

RUNS = 11
ARTIFACTS = BUILD / "artifacts"
LAYERS = ("CertctlLayer", "DependenciesLayer")
# What a function finds in its environment; the values are read, never used, at import.
_ENVIRONMENT = {"AWS_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "measure", "LOG_LEVEL": "INFO"}


def _size(directory: Path) -> float:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1e6


def _median_ms(code: str, path: list[Path]) -> float:
    environment = _ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(map(str, path))}
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        # -s: nothing of the user's own packages; the emulator's interpreter is the one that functions run on.
        command = [str(TOOLS / "tools" / "bin" / "python"), "-s", "-c", code]
        subprocess.run(command, env=environment, cwd=path[0], check=True)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print one line per layer and function. Exit 1 when one does not import."""
    if not (ARTIFACTS / "template.yaml").exists():
        sys.exit("nothing is built here yet: `make run` does")
    for layer in LAYERS:
        print(f"{layer:26}{_size(ARTIFACTS / layer):8.1f} MB")
    layers = [ARTIFACTS / layer / "python" for layer in LAYERS]
    bare = _median_ms("", layers)
    for function in sorted(ARTIFACTS.glob("*Function")):
        took = _median_ms("import app", [function, *layers]) - bare
        print(
            f"{snake_case(function.name.removesuffix('Function')):26}{_size(function):8.2f} MB{took:8.0f} ms"
        )


if __name__ == "__main__":
    main()
