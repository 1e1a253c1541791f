"""Programs of the tests: run to their end, with a home directory of their own."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

_CERTBOT = Path(__file__).resolve().parents[3] / ".local" / "env" / "certbot" / "bin" / "certbot"
_SECONDS = 120


def require(program: str) -> str:
    """Path of the program. Skips on a machine without it; fails in CI, which must run everything."""
    found = shutil.which(program)
    if found:
        return found
    _missing(f"needs {program}: apt-get install --no-install-recommends {program}")


def require_certbot() -> str:
    """Path of the certbot that reads renewal information; Debian's does not."""
    if not _CERTBOT.exists():
        _missing("needs certbot from PyPI: make certbot")
    return str(_CERTBOT)


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def environment(folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Variables of this process, without what would send a client elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    return {**kept, "HOME": str(folder), **variables}


def run(command: list[str], folder: Path, **variables: str) -> str:
    """Output of a program that must succeed."""
    done = attempt(command, folder, **variables)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}"
    return done.stdout


def attempt(command: list[str], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs a program that may fail; its standard output has its errors, too."""
    return subprocess.run(
        command,
        env=environment(folder, variables),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
