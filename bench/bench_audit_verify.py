"""How fast one core verifies a full export of the audit trail.

Run: `PYTHONPATH=client:layers/certctl:. .venv/bin/python bench/bench_audit_verify.py [events]`.
Budget: 100,000 events in 0.5 s. Last result (2026-11-24, one of 2 shared cores, Python 3.13): 40 MB in 300
seals in 0.29 s (best 0.26 s), 340,000 events/s; the verifier itself takes 3 MB above its imports (29 MB).
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from certctl_client.trail.bundle import DirectoryBundle
from certctl_client.trail.keys import seal_key
from certctl_client.trail.trust import Trust
from certctl_client.trail.verify import verify
from tests.support.client.trails import full_bundle, new_trail

_RUNS = 5


def main(events: int) -> None:
    sealer = new_trail(events, seals=300)
    trust = Trust(key=seal_key(sealer.pem))
    with tempfile.TemporaryDirectory() as directory:
        bundle = DirectoryBundle(full_bundle(sealer).write(Path(directory) / "export"))
        size = sum(file.stat().st_size for file in (Path(directory) / "export").iterdir())
        spent = [measured(bundle, trust, events) for _ in range(_RUNS)]
    best, median = min(spent), sorted(spent)[_RUNS // 2]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{events:,} events in 300 seals, {size / 1e6:.0f} MB")
    print(f"best {best:.2f} s, median {median:.2f} s of CPU; {events / median:,.0f} events/s; peak {peak} MB")


def measured(bundle: DirectoryBundle, trust: Trust, events: int) -> float:
    started = time.process_time()
    report = verify(bundle, trust)
    spent = time.process_time() - started
    if report.events != events or not report.is_intact:
        raise SystemExit(f"not intact: {report.text()}")
    return spent


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
