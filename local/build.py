"""`sam build` for this machine's architecture, skipped while nothing that goes into it has changed."""

import fcntl
import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.settings import ROOT, TOOLS

_LINKED = "client/certctl_client/probing"
"""In the layer by a link, which a walk through folders does not follow."""
SOURCES = ("functions", "layers", _LINKED, "stacks", "template.yaml", "samconfig.toml")
# Shared by every LOCAL_DIR: two stacks of one checkout run the same code.
BUILD = TOOLS / "build"
_IGNORED = frozenset({"__pycache__", ".mypy_cache"})


class CommandFailedError(Exception):
    """A tool ended with an error; its whole output is in the named log."""


def architecture() -> str:
    """This machine's architecture, as Lambda spells it."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def _source_files() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        yield from sorted(path.rglob("*")) if path.is_dir() else (path,)


def fingerprint() -> str:
    """SHA-256 over names and contents of all that is built."""
    digest = hashlib.sha256(architecture().encode())
    for path in _source_files():
        if path.is_file() and not _IGNORED.intersection(path.parts):
            digest.update(f"{path.relative_to(ROOT)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sam_environment() -> dict[str, str]:
    """The caller's environment without its AWS settings, with SAM and the pinned Python first in the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "PATH": os.pathsep.join([str(TOOLS / "env" / "sam" / "bin"), os.environ["PATH"]]),
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_CHECK_VERSION": "0",
        "PYTHON": str(TOOLS / "tools" / "bin" / "python"),
        "LAYER_ARCHITECTURE": architecture(),
    }


def run_sam(arguments: list[str], log: Path, environment: dict[str, str]) -> None:
    """Run SAM with its output in `log`. Raises CommandFailedError."""
    command = [str(TOOLS / "env" / "sam" / "bin" / "sam"), *arguments]
    with log.open("wb") as output:
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode != 0:
        raise CommandFailedError(f"sam {arguments[0]} failed, see {log}:\n{_last_lines(log)}")


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").replace("\r", "\n").splitlines()[-25:])


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Stacks of one checkout share the build: while one builds and deploys it, another that starts waits."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_built(wanted: str) -> bool:
    """Whether the last build was made from these sources."""
    marker = BUILD / "fingerprint"
    return marker.exists() and marker.read_text() == wanted


def build(wanted: str, log: Path) -> None:
    """Builds everything and records the sources. Raises CommandFailedError."""
    marker = BUILD / "fingerprint"
    marker.unlink(missing_ok=True)
    arguments = ["build", "--parameter-overrides", f"Architecture={architecture()}"]
    directories = ["--build-dir", str(BUILD / "artifacts"), "--cache-dir", str(BUILD / "cache")]
    run_sam(arguments + directories, log, sam_environment())
    marker.write_text(wanted)
