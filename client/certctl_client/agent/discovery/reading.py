"""Reads configurations: bounded in size, number, depth and time."""

import os
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from certctl_client.agent.events import output_without_secrets
from certctl_client.agent.processes import ended, started
from certctl_client.errors import CommandError

LONGEST_FILE = 4 * 1024 * 1024
MOST_FILES = 5_000
DEEPEST = 32
_LONGEST_DUMP = 64 * 1024 * 1024
_SECONDS = 30.0
_TAIL = 600


@dataclass
class Files:
    """Files of one server's configuration, each read once."""

    contents: dict[Path, str] = field(default_factory=dict)

    def text(self, path: Path) -> str:
        """The content, one character for each byte. Raises CommandError."""
        real = real_path(path)
        if real not in self.contents:
            if len(self.contents) >= MOST_FILES:
                raise CommandError(f"The configuration has more than {MOST_FILES} files.")
            self.contents[real] = read(real).decode("latin-1")
        return self.contents[real]


def real_path(path: Path) -> Path:
    """The path without symbolic links. Raises CommandError if they lead in a circle."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CommandError(f"{path} cannot be read: {_reason(error)}.") from None


def native(text: str) -> str:
    """A path as the file system spells it, from a text that has one character for each byte."""
    return os.fsdecode(text.encode("latin-1"))


def read(path: Path, limit: int = LONGEST_FILE) -> bytes:
    """Reads a regular file. Raises CommandError, which names the path."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not Path(f"/proc/self/fd/{descriptor}").is_file():
                raise CommandError(f"{path} is not a file.")
            content = file.read(limit + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {_reason(error)}.") from None
    if len(content) > limit:
        raise CommandError(f"{path} has more than {limit} bytes.")
    return content


def output_of(command: Sequence[str]) -> str:
    """What the command prints. Raises CommandError with the end of the output if the command fails."""
    with tempfile.TemporaryFile() as written:
        code = _exit_code(command, written.fileno())
        size = os.fstat(written.fileno()).st_size
        written.seek(0 if code == 0 else max(0, size - _TAIL))
        text = written.read(_LONGEST_DUMP + 1).decode("latin-1")
    if code != 0:
        ended = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"failed (exit code {code})"
        raise CommandError(f"`{' '.join(command)}` {ended}: {_shown(text)}")
    if len(text) > _LONGEST_DUMP:
        raise CommandError(f"`{' '.join(command)}` prints more than {_LONGEST_DUMP} bytes.")
    return text


def _exit_code(command: Sequence[str], output: int) -> int:
    try:
        process = started(command, output)
    except OSError as error:
        raise CommandError(f"{command[0]} cannot be run: {_reason(error)}.") from None
    code = ended(process, _SECONDS)
    if code is None:
        raise CommandError(f"`{' '.join(command)}` took more than {_SECONDS:g} s and was stopped.")
    return code


def _shown(text: str) -> str:
    return (
        output_without_secrets(text.encode("latin-1").decode("utf-8", "replace").strip())
        or "it printed nothing"
    )


def _reason(error: OSError | RuntimeError) -> str:
    return getattr(error, "strerror", None) or "its symbolic links lead in a circle"
