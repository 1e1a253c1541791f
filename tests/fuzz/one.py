"""One target under libFuzzer: `python -m tests.fuzz.one TARGET [its options and directories]`."""

import os
import sys

import atheris

os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")

with atheris.instrument_imports(include=["certctl"]):
    from tests.fuzz.targets import TARGETS, timed


def main() -> None:
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda data: timed(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
