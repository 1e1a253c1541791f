"""Installs the provider's packages, as its lock file names them, into `.local/env/oidc`."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from local.build import CommandFailedError
from local.settings import TOOLS

HERE = Path(__file__).parent
NODE = TOOLS / "env" / "node" / "bin"
INSTALLED = TOOLS / "env" / "oidc"


def ensure_installed() -> Path:
    """The folder with the packages, installed when the lock file has changed. Raises CommandFailedError."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current():
            _install()
    return INSTALLED


def environment() -> dict[str, str]:
    """The caller's, with the pinned Node.js first in the path."""
    return os.environ | {"PATH": os.pathsep.join([str(NODE), os.environ["PATH"]])}


def _wanted() -> str:
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def _is_current() -> bool:
    marker = INSTALLED / ".certctl-lock"
    return marker.exists() and marker.read_text() == _wanted()


def _install() -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, INSTALLED / name)
    # None of its packages has a script to run.
    command = [str(NODE / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ended = subprocess.run(
        command, cwd=INSTALLED, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if ended.returncode != 0:
        raise CommandFailedError(f"npm ci of local/oidc failed:\n{ended.stderr.decode(errors='replace')}")
    (INSTALLED / ".certctl-lock").write_text(_wanted())
