"""Files that the command writes and reads for its user."""

import os
from pathlib import Path

from certctl_client.errors import CommandError, ConfigurationError


def write_private(path: Path, content: bytes) -> None:
    """A new file of mode 0600, never one that exists. Raises CommandError."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise CommandError(f"{path} exists already.", "Remove it, or choose another name.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None


def read_bounded(path: Path, limit: int) -> bytes:
    """At most `limit` bytes. Raises ConfigurationError: the user named the file."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > limit:
        raise ConfigurationError(f"{path} has more than {limit} bytes.")
    return content
