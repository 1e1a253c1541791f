"""A root of Debian's smallest variant, which has no Python, and the files of `make packages`."""

import fcntl
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.template import ROOT

DIST = ROOT / "dist"
_KEPT = ROOT / ".local" / "roots" / "trixie"
_MIRROR = "http://deb.debian.org/debian"
_SOURCES = ("client", "distribution", "local/requirements")


@dataclass(frozen=True)
class BareRoot:
    path: Path

    def run(
        self, command: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A line of the shell, by root, in the directory `/files`."""
        words = ["chroot", str(self.path), "/bin/sh", "-c", f"cd /files && {command}"]
        environment = {
            "PATH": "/usr/sbin:/usr/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            **(variables or {}),
        }
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)

    def files(self) -> set[str]:
        """What is in the root, but for the logs and lists of dpkg itself."""
        places = ("var/log/", "var/lib/dpkg/", "var/cache/apt/", "var/lib/apt/")
        found = {str(path.relative_to(self.path)) for path in self.path.rglob("*")}
        return {name for name in found if not name.startswith(places)}


def packages() -> Path:
    """`dist/`, made again if it is older than the sources. Waits for another process that makes it."""
    with _alone("packages"):
        made = DIST / "SHA256SUMS"
        if not made.exists() or made.stat().st_mtime < _newest_source():
            subprocess.run(["make", "packages"], cwd=ROOT, check=True, capture_output=True)
    return DIST


def bare_root(place: Path) -> BareRoot:
    """A copy of one root at `place`. Skips the test if it cannot be made; fails it in CI."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        reason = "needs root and debootstrap"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with _alone("roots"):
        if not (_KEPT / "complete").exists():
            _make()
    subprocess.run(["cp", "--archive", str(_KEPT), str(place)], check=True)
    (place / "files").mkdir()
    for path in [*DIST.glob("certctl_*.deb"), *DIST.glob(f"certctl-*-linux-{platform.machine()}")]:
        shutil.copy2(path, place / "files")
    shutil.copy(DIST / "SHA256SUMS", place / "files")
    return BareRoot(place)


def _make() -> None:
    shutil.rmtree(_KEPT, ignore_errors=True)
    _KEPT.mkdir(parents=True)
    command = ["debootstrap", "--variant=minbase", "trixie", str(_KEPT), _MIRROR]
    subprocess.run(command, check=True, capture_output=True)
    for folder in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/locale", "usr/share/doc"):
        shutil.rmtree(_KEPT / folder)
    (_KEPT / "complete").touch()


def _newest_source() -> float:
    listed = subprocess.run(["git", "ls-files", "-z", *_SOURCES], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    return max(path.stat().st_mtime for path in paths if path.exists())


@contextmanager
def _alone(name: str) -> Iterator[None]:
    lock = ROOT / ".local" / f"{name}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
