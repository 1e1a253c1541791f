"""Reads and replaces files of a target at exactly the configured paths.

The directory is opened from `/` downwards, no component may be a symbolic link, and all later calls use its
descriptor: a link that is placed there later is not followed. New content is written under another name with
mode 0600 from its first byte, given its owner and then its mode, synced, and renamed.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from certctl_client.agent.errors import DeploymentFailed, WorkRefused

FILE_LIMIT = 1024 * 1024
_WORLD_WRITABLE = 0o002
_HERE = os.O_CLOEXEC | os.O_NOFOLLOW
_DOWN = _HERE | os.O_DIRECTORY


@dataclass(frozen=True)
class Marks:
    """Mode, user id and group id of a file."""

    mode: int
    uid: int
    gid: int


@dataclass(frozen=True)
class Found:
    content: bytes
    marks: Marks


def checked_path(text: object) -> PurePosixPath:
    """Raises WorkRefused unless the path is absolute and normalised."""
    path = PurePosixPath(str(text))
    if not isinstance(text, str) or path.root != "/" or str(path) != text or "\0" in text:
        raise WorkRefused(f"{text!r} is not a path for a target: it must be absolute and normalised.")
    if ".." in path.parts or not path.name:
        raise WorkRefused(f"{text!r} is not a path for a target: it must not contain `..`.")
    return path


def found_at(path: PurePosixPath, limit: int = FILE_LIMIT) -> Found | None:
    """The file at a path; None if there is none. Raises WorkRefused if it is not a regular file, or has more
    than `limit` bytes."""
    with _directory_of(path) as directory:
        try:
            descriptor = os.open(path.name, os.O_RDONLY | os.O_NONBLOCK | _HERE, dir_fd=directory)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _refused(path, error) from None
    try:
        return _read(path, descriptor, limit)
    finally:
        os.close(descriptor)


def put(path: PurePosixPath, content: bytes, marks: Marks) -> None:
    """Replaces a file atomically: a reader sees the old content or the new. Raises DeploymentFailed or
    WorkRefused."""
    with _directory_of(path) as directory:
        try:
            _refuse_special(path, directory)
            beside = _written(path, content, marks, directory)
            os.rename(beside, path.name, src_dir_fd=directory, dst_dir_fd=directory)
            os.fsync(directory)
        except OSError as error:
            with suppress(OSError):
                os.unlink(_name_beside(path), dir_fd=directory)
            raise DeploymentFailed(f"{path} cannot be written: {error.strerror}.") from None


def put_back(path: PurePosixPath, former: Found, limit: int = FILE_LIMIT) -> None:
    """Restores a file like `put`, without a write if it is unchanged: an agent that may not set the file's
    owner could not have replaced it either. Raises DeploymentFailed or WorkRefused."""
    if found_at(path, limit) != former:
        return put(path, former.content, former.marks)
    with _directory_of(path) as directory:
        try:
            with suppress(FileNotFoundError):
                os.unlink(_name_beside(path), dir_fd=directory)
        except OSError as error:
            raise DeploymentFailed(f"{path} cannot be restored: {error.strerror}.") from None


def remove(path: PurePosixPath) -> None:
    """Removes a file if it exists. Raises DeploymentFailed or WorkRefused."""
    with _directory_of(path) as directory:
        try:
            for name in (_name_beside(path), path.name):
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=directory)
            os.fsync(directory)
        except OSError as error:
            raise DeploymentFailed(f"{path} cannot be removed: {error.strerror}.") from None


def _read(path: PurePosixPath, descriptor: int, limit: int) -> Found:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise WorkRefused(f"{path} is not a file.")
    with open(descriptor, "rb", closefd=False) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise WorkRefused(f"{path} has more than {limit} bytes: it is not what the agent wrote.")
    return Found(content, Marks(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid))


def _written(path: PurePosixPath, content: bytes, marks: Marks, directory: int) -> str:
    """Writes the content beside its path. The name is always the same, so that a crash's rest is replaced."""
    name = _name_beside(path)
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _HERE, 0o600, dir_fd=directory)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        # the owner first: with the mode first, the old owner's group could read it
        os.fchown(descriptor, marks.uid, marks.gid)
        os.fchmod(descriptor, marks.mode)
        os.fsync(descriptor)
    return name


def _refuse_special(path: PurePosixPath, directory: int) -> None:
    with suppress(FileNotFoundError):
        status = os.stat(path.name, dir_fd=directory, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            raise WorkRefused(f"{path} is a symbolic link, or not a file: name the file itself.")


def _name_beside(path: PurePosixPath) -> str:
    """A name with a leading dot: servers that read whole directories (HAProxy's `crt`) skip it."""
    return f".{path.name}.certctl-new"


@contextmanager
def _directory_of(path: PurePosixPath) -> Iterator[int]:
    """A descriptor of the path's directory. Raises WorkRefused."""
    descriptor = _opened(path)
    try:
        _refuse_open_to_all(path, descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(path: PurePosixPath) -> int:
    descriptor = os.open("/", os.O_RDONLY | _DOWN)
    for part in path.parent.parts[1:]:
        above = descriptor
        try:
            descriptor = os.open(part, os.O_RDONLY | _DOWN, dir_fd=above)
        except OSError as error:
            raise _refused(path, error) from None
        finally:
            os.close(above)
    return descriptor


def _refuse_open_to_all(path: PurePosixPath, directory: int) -> None:
    if os.fstat(directory).st_mode & _WORLD_WRITABLE:
        raise WorkRefused(f"{path.parent} is writable by everybody: no key may be stored there.")


def _refused(path: PurePosixPath, error: OSError) -> WorkRefused:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return WorkRefused(
            f"{path} contains a symbolic link or something that is not a directory: name the real path."
        )
    return WorkRefused(f"{path} cannot be opened: {error.strerror}.")
