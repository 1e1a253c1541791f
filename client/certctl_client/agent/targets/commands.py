"""Runs commands of an administrator: an array of arguments, no shell, a time limit, bounded output."""

import os
import subprocess
import threading
from collections.abc import Sequence
from typing import IO

from certctl_client.agent.errors import DeploymentFailed
from certctl_client.agent.events import output_without_secrets
from certctl_client.agent.processes import ended, started

_SECONDS = 30.0
_TAIL = 600
_CHUNK = 4096


def run_command(command: Sequence[str], purpose: str, seconds: float = _SECONDS) -> None:
    """Raises DeploymentFailed with the end of the output, unless that may contain a secret."""
    try:
        process = started(command, subprocess.PIPE)
    except OSError as error:
        raise DeploymentFailed(f"The {purpose} cannot be run: {error.strerror}.") from None
    tail = _Tail(process.stdout)
    code = ended(process, seconds)
    if code is None:
        raise DeploymentFailed(f"The {purpose} took more than {seconds:g} s and was stopped.")
    if code != 0:
        raise DeploymentFailed(f"The {purpose} failed (exit code {code}): {tail.text()}")


class _Tail:
    """The end of a stream, read in the background: processes that a command leaves may keep it open."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._kept = b""
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def text(self) -> str:
        self._thread.join(0.5)
        return output_without_secrets(self._kept.decode("utf-8", "replace").strip()) or "it printed nothing"

    def _read(self, stream: IO[bytes] | None) -> None:
        if stream is None:
            return
        with stream:
            while chunk := os.read(stream.fileno(), _CHUNK):
                self._kept = (self._kept + chunk)[-_TAIL:]
