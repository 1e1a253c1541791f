"""All targets for FUZZ_SECONDS together, two at a time: `make fuzz`. What is found is kept in
.local/fuzz/found, and what led somewhere new in .local/fuzz/corpus, where the next run begins.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.saved import CORPUS, replay
from tests.fuzz.targets import TARGETS

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = _ROOT / ".local" / "fuzz"
_AT_ONCE = 2
_START_SECONDS = 180
_LONGEST = {"csr_pem": 40_000, "csr_der": 30_000, "register": 16_384, "json_bodies": 16_384}


@dataclass(frozen=True)
class Run:
    target: str
    executions: int
    is_clean: bool
    log: str


def main() -> None:
    if find_spec("atheris") is None:
        print("no wheel of atheris for this machine: the saved inputs alone are tried")
        for target in TARGETS:
            replay(target)
        return
    seconds = max(1, int(os.environ.get("FUZZ_SECONDS", "3600")) * _AT_ONCE // len(TARGETS))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = list(pool.map(lambda target: _run(target, seconds), TARGETS))
    for run in runs:
        print(f"{run.target:16}{run.executions:>10} inputs  {'nothing found' if run.is_clean else 'FOUND'}")
    broken = [run for run in runs if not run.is_clean]
    for run in broken:
        print(f"\n{run.target}\n{run.log[-4000:]}")
    sys.exit(bool(broken))


def _run(target: str, seconds: int) -> Run:
    found, corpus = _KEPT / "found", _KEPT / "corpus" / target
    for directory in (found, corpus):
        directory.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        "-timeout=30",  # of a busy machine; a second of CPU is a finding already
        "-rss_limit_mb=2048",
        f"-max_len={_LONGEST.get(target, 4096)}",
        f"-artifact_prefix={found}/{target}-",
        f"-dict={CORPUS / 'dictionary.txt'}",
        "-print_final_stats=1",
    ]
    command = [sys.executable, "-m", "tests.fuzz.one", target, *options, str(corpus), str(CORPUS / target)]
    environment = os.environ | {"PYTHONPATH": f"{_ROOT / 'layers/certctl'}:{_ROOT / 'client'}:{_ROOT}"}
    try:
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=environment,
            timeout=seconds + _START_SECONDS,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return Run(target, 0, False, f"did not end within {seconds + _START_SECONDS} s")
    executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    count = int(executed[1]) if executed else 0
    lines = (done.stdout + done.stderr).splitlines()
    log = "\n".join(line for line in lines if not line.startswith("INFO: Instrumenting"))
    return Run(target, count, done.returncode == 0 and count > 0, log)


if __name__ == "__main__":
    main()
