"""A program in a terminal: it asks, and somebody types."""

import contextlib
import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.template import ROOT

_LONGEST_SECONDS = 120


@dataclass
class Terminal:
    """`shown` is all that the terminal has shown."""

    descriptor: int
    process: "subprocess.Popen[bytes]"
    shown: str = ""

    def read_until(self, pattern: str) -> re.Match[str]:
        """Raises AssertionError if the pattern is not shown within two minutes."""
        ends = time.monotonic() + _LONGEST_SECONDS
        while (found := re.search(pattern, self.shown)) is None:
            assert time.monotonic() < ends, self.shown
            assert self._read(), self.shown
        return found

    def type(self, line: str) -> None:
        self.press(f"{line}\n")

    def press(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def ended(self) -> int:
        """The exit code."""
        ends = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < ends and self._read():
            pass
        return self.process.wait(_LONGEST_SECONDS)

    def _read(self) -> bool:
        """False once the program has closed the terminal."""
        if not select.select([self.descriptor], [], [], 1)[0]:
            return True
        read = b""
        with contextlib.suppress(OSError):
            read = os.read(self.descriptor, 4096)
        self.shown += read.decode(errors="replace")
        return bool(read)


@contextmanager
def in_a_terminal(
    *command: str, environment: Mapping[str, str], directory: Path | None = None
) -> Iterator[Terminal]:
    """Runs a command, which is killed at the end of the block if it still runs."""
    near, far = pty.openpty()
    process = subprocess.Popen(
        command,
        env={"TERM": "xterm"} | dict(environment),
        cwd=directory,
        stdin=far,
        stdout=far,
        stderr=far,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(far)
    try:
        yield Terminal(near, process)
    finally:
        process.kill()
        process.wait(_LONGEST_SECONDS)
        os.close(near)


def certctl_in_a_terminal(
    *arguments: str, environment: Mapping[str, str]
) -> AbstractContextManager[Terminal]:
    """Runs `certctl`, likewise."""
    ours = {"PYTHONPATH": str(ROOT / "client"), "NO_PROXY": "*"}
    return in_a_terminal(
        sys.executable, "-m", "certctl_client", *arguments, environment=ours | dict(environment)
    )
