"""Programs of a host: an array of arguments, no shell, a group of their own, and a time limit."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

# The agent's own environment may hold a token.
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def started(command: Sequence[str], output: int) -> subprocess.Popen[bytes]:
    """Starts the command in `/`, without input. `output`, a descriptor or `subprocess.PIPE`, takes what the
    command prints, errors too. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - an array, of this program or as its host allows
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=_ENVIRONMENT,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit code; None if the command and its children had to be killed."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
