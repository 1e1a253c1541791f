"""Files of a target, read and replaced where they are said to be and nowhere else.

The directory is opened from `/` downwards, no component may be a symbolic link, and everything after that
goes by its descriptor: a link that is slipped in later is not followed. A new content is written beside its
place, mode 0600 from its first byte, given its owner and then its mode, brought to the disk, and renamed.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from certctl_client.agent.errors import DeploymentFailed, WorkRefused

_FILE_LIMIT = 1024 * 1024
_WORLD_WRITABLE = 0o002
_HERE = os.O_CLOEXEC | os.O_NOFOLLOW
_DOWN = _HERE | os.O_DIRECTORY


@dataclass(frozen=True)
class Marks:
    """Of a file. Ids, not names."""

    mode: int
    uid: int
    gid: int


@dataclass(frozen=True)
class Found:
    content: bytes
    marks: Marks


def checked_path(text: object) -> PurePosixPath:
    """Raises WorkRefused unless it is absolute and says plainly where it leads."""
    path = PurePosixPath(str(text))
    if not isinstance(text, str) or path.root != "/" or str(path) != text or "\0" in text:
        raise WorkRefused(f"{text!r} is no path for a target: give it absolute, and without detours.")
    if ".." in path.parts or not path.name:
        raise WorkRefused(f"{text!r} is no path for a target: it may not lead upwards.")
    return path


def found_at(path: PurePosixPath) -> Found | None:
    """None where there is nothing. Raises WorkRefused where there is something else than a file."""
    with _directory_of(path) as directory:
        try:
            descriptor = os.open(path.name, os.O_RDONLY | os.O_NONBLOCK | _HERE, dir_fd=directory)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _refused(path, error) from None
    try:
        return _read(path, descriptor)
    finally:
        os.close(descriptor)


def put(path: PurePosixPath, content: bytes, marks: Marks) -> None:
    """At once: a reader sees the old content or the new. Raises DeploymentFailed or WorkRefused."""
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


def put_back(path: PurePosixPath, former: Found) -> None:
    """As `put`, without a write where it is there still: an agent that may not give a file the owner that it
    has could not have replaced it either. Raises DeploymentFailed or WorkRefused."""
    if found_at(path) != former:
        return put(path, former.content, former.marks)
    with _directory_of(path) as directory:
        try:
            with suppress(FileNotFoundError):
                os.unlink(_name_beside(path), dir_fd=directory)
        except OSError as error:
            raise DeploymentFailed(f"{path} cannot be put back: {error.strerror}.") from None


def remove(path: PurePosixPath) -> None:
    """Nothing there is well too. Raises DeploymentFailed or WorkRefused."""
    with _directory_of(path) as directory:
        try:
            for name in (_name_beside(path), path.name):
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=directory)
            os.fsync(directory)
        except OSError as error:
            raise DeploymentFailed(f"{path} cannot be removed: {error.strerror}.") from None


def _read(path: PurePosixPath, descriptor: int) -> Found:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise WorkRefused(f"{path} is not a file.")
    with open(descriptor, "rb", closefd=False) as file:
        content = file.read(_FILE_LIMIT + 1)
    if len(content) > _FILE_LIMIT:
        raise WorkRefused(f"{path} has more than {_FILE_LIMIT} bytes: it is no certificate.")
    return Found(content, Marks(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid))


def _written(path: PurePosixPath, content: bytes, marks: Marks, directory: int) -> str:
    """The name is always the same: what a crash left is found, and replaced."""
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
            raise WorkRefused(f"{path} is a symbolic link, or no file: name the file itself.")


def _name_beside(path: PurePosixPath) -> str:
    """Servers that read whole directories (HAProxy's `crt`) pass over names with a leading dot."""
    return f".{path.name}.certctl-new"


@contextmanager
def _directory_of(path: PurePosixPath) -> Iterator[int]:
    """A descriptor. Raises WorkRefused."""
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
        raise WorkRefused(f"{path.parent} may be written by everybody: no key is put there.")


def _refused(path: PurePosixPath, error: OSError) -> WorkRefused:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return WorkRefused(f"{path} leads over a symbolic link or no directory: name the real path.")
    return WorkRefused(f"{path} cannot be opened: {error.strerror}.")
