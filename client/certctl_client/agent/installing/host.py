"""The host that `install` changes; tests use another root and record the commands."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from certctl_client.errors import CommandError

type RunCommand = Callable[[Sequence[str]], None]


@dataclass(frozen=True)
class Host:
    """`root` is `/`. `user_id` of the agent's user, None if there is none yet."""

    root: Path
    command: RunCommand
    user_id: Callable[[], tuple[int, int] | None]
    is_root: bool
    has_systemd: bool

    def at(self, path: str | Path) -> Path:
        return self.root / str(path).lstrip("/")


def this_machine(user: str) -> Host:
    return Host(
        Path("/"),
        _run,
        lambda: _ids_of(user),
        os.geteuid() == 0,
        shutil.which("systemctl") is not None and Path("/run/systemd/system").is_dir(),
    )


def _ids_of(user: str) -> tuple[int, int] | None:
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return None
    return entry.pw_uid, entry.pw_gid


def _run(command: Sequence[str]) -> None:
    """Raises CommandError with what the program wrote."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(f"{command[0]} could not be run ({type(error).__name__}).") from None
    if done.returncode != 0:
        raise CommandError(f"`{' '.join(command)}` failed: {done.stderr.strip()[:400]}")
