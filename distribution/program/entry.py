"""What PyInstaller's bootloader runs."""

import os
import sys
from collections.abc import MutableMapping
from importlib import import_module

PROGRAM = "CERTCTL_PROGRAM"
"""Set by distribution/program/header.sh: the path of the one file."""


def prepare(environment: MutableMapping[str, str], arguments: list[str], executable: str) -> None:
    """Names the program by its path, which `certctl agent install` writes into its unit. Child processes
    (`nginx -t`, a browser) get the libraries of the system instead of ours, as PyInstaller documents."""
    arguments[0] = environment.pop(PROGRAM, executable)
    original = environment.pop("LD_LIBRARY_PATH_ORIG", "")
    environment.pop("LD_LIBRARY_PATH", None)
    if original:
        environment["LD_LIBRARY_PATH"] = original


if __name__ == "__main__":
    prepare(os.environ, sys.argv, sys.executable)
    import_module("certctl_client.main").run()
