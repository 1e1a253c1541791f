"""A full export of the audit trail, verified by the client: processor time beside an earlier commit, and the
time that the docs promise."""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.harness.rows import Row
from bench.harness.sides import answering, both
from bench.harness.turns import cpu_ms
from certctl_client.trail.bundle import DirectoryBundle
from certctl_client.trail.keys import seal_key
from certctl_client.trail.trust import Trust
from certctl_client.trail.verify import verify
from tests.support.client.trails import full_bundle, new_trail

_EVENTS, _SEALS = 100_000, 300


def rows() -> Iterator[Row]:
    with both(Path(__file__)) as sides:
        name = f"{_EVENTS:,} events in {_SEALS} seals verified"
        row = sides.row(name, "ms", "verified")
        yield row
        yield replace(Row(f"{name}, in all", "ms", row.ours), at_most=500)


def _main() -> None:
    sealer = new_trail(_EVENTS, seals=_SEALS)
    trust = Trust(key=seal_key(sealer.pem))
    with tempfile.TemporaryDirectory() as directory:
        bundle = DirectoryBundle(full_bundle(sealer).write(Path(directory) / "export"))
        answering({"verified": lambda: cpu_ms(partial(_verified, bundle, trust))})


def _verified(bundle: DirectoryBundle, trust: Trust) -> None:
    report = verify(bundle, trust)
    if report.events != _EVENTS or not report.is_intact:
        sys.exit(f"not intact: {report.text()}")


if __name__ == "__main__":
    _main()
