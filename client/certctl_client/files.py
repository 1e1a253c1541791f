"""Files that the command writes and reads for its user."""

import os
import tempfile
from pathlib import Path

from certctl_client.errors import CommandError, ConfigurationError


def write_private(path: Path, content: bytes) -> None:
    """Writes a new file of mode 0600. Raises CommandError if the file exists."""
    if not keep_new(path, content):
        raise CommandError(f"{path} exists already.", "Remove it, or choose another name.")


def keep_new(path: Path, content: bytes, mode: int = 0o600) -> bool:
    """Writes a new file, complete and synced to the disk. Returns False if the path exists already. Raises
    CommandError."""
    try:
        written = _on_disk(path, content, mode)
        try:
            os.link(written, path)
        finally:
            written.unlink()
        _sync_directory(path.parent)
    except FileExistsError:
        return False
    except OSError as error:
        raise _cannot_be_written(path, error) from None
    return True


def replace_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Replaces a file atomically: a reader sees the old content or the new. Raises CommandError."""
    try:
        _on_disk(path, content, mode).replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        raise _cannot_be_written(path, error) from None


def read_bounded(path: Path, limit: int) -> bytes:
    """Reads at most `limit` bytes. Raises ConfigurationError: the user named the file."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > limit:
        raise ConfigurationError(f"{path} has more than {limit} bytes.")
    return content


def _on_disk(path: Path, content: bytes, mode: int) -> Path:
    """Writes the content to a temporary file in the same directory."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(name).chmod(mode)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _sync_directory(directory: Path) -> None:
    """Makes the name of a new file durable. Only POSIX systems can sync a directory."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_be_written(path: Path, error: OSError) -> CommandError:
    return CommandError(f"{path} cannot be written: {error.strerror}.")
