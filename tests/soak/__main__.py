"""Commands: `python -m tests.soak` runs a soak; `check PLACE` checks a running stack or a stored world; `page
RESULTS` writes the tables of docs/reliability.md."""

import json
import os
import signal
import sys
from pathlib import Path

from tests.soak.invariants import broken
from tests.soak.options import read_options
from tests.soak.page import write
from tests.soak.run import soak
from tests.soak.world.reading import read_world
from tests.soak.world.storing import load
from tests.soak.world.world import World
from tests.support.local.stack import LocalStack

_SHOWN = 60


def main(arguments: list[str]) -> int:
    match arguments:
        case ["check", place]:
            return _report(list(broken(_world(Path(place)))))
        case ["page", results]:
            write(Path(results))
            return 0
        case []:
            return _run()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


def _run() -> int:
    # In the background of a shell SIGINT is ignored; either signal unwinds, so that the stack is stopped.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    options = read_options(os.environ)
    soaked = soak(options)
    print(json.dumps({name: value for name, value in soaked.record.items() if name != "findings"}, indent=1))
    if soaked.findings:
        print(f"Again: make soak SEED={options.seed} SOAK_SECONDS={options.seconds}")
    return _report(list(soaked.findings))


def _world(place: Path) -> World:
    """A stored world, or a running stack by its outputs.json or the directory that has it: without the soak's
    own books."""
    if place.name.endswith(".json.gz"):
        return load(place)
    file = place / "outputs.json" if place.is_dir() else place
    return read_world(LocalStack(json.loads(file.read_text()), file.parent), (), (), ())


def _report(findings: list[str]) -> int:
    for finding in findings[:_SHOWN]:
        print(f"BROKEN {finding}")
    print(f"{len(findings)} findings" if findings else "every invariant holds")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
