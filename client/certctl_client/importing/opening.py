"""Opens files that strangers may have put there: regular files of a bounded size, on one file system."""

import os
import stat
from pathlib import Path

from certctl_client.importing.found import NoCertificate, Unreadable
from certctl_client.importing.limits import FILE_BYTES, KEYSTORE_BYTES, MIB

_FLAGS = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")  # not every system has all
_MODE = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in _FLAGS)
_DUMPS = frozenset({".json", ".yaml", ".yml"})
_KEYSTORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce", b"\x30")
_NAMED_SO = frozenset((".pem", ".crt", ".cer", ".der", ".p7b", ".p7c", ".p12", ".pfx", ".jks"))
_START_BYTES = 64 * 1024


def read_file(path: Path, device: int | None = None) -> bytes:
    """Reads a whole file, which may be no link. `device`: the file system that it must be on. Raises
    Unreadable, or NoCertificate if it is too large and not even its name says that it holds a certificate."""
    try:
        descriptor = os.open(path, _MODE)
    except OSError as error:
        raise Unreadable(f"It cannot be read: {error.strerror}.") from None
    try:
        return _read(descriptor, path, device)
    except OSError as error:
        raise Unreadable(f"It cannot be read: {error.strerror}.") from None
    finally:
        os.close(descriptor)


def read_start(path: Path) -> bytes:
    """Reads the first 64 KiB; nothing if the file cannot be read or is no regular file."""
    try:
        descriptor = os.open(path, _MODE)
    except (OSError, ValueError):
        return b""
    try:
        return os.read(descriptor, _START_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _read(descriptor: int, path: Path, device: int | None) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("It is no regular file.")
    if device is not None and status.st_dev != device:
        raise Unreadable("It is on another file system.")
    start = os.read(descriptor, 16)
    limit = KEYSTORE_BYTES if start.startswith(_KEYSTORES) or path.suffix in _DUMPS else FILE_BYTES
    if status.st_size > limit:
        error = Unreadable if path.suffix.lower() in _NAMED_SO else NoCertificate
        raise error(f"It has more than {limit // MIB} MiB.")
    return start + _rest(descriptor, limit)


def _rest(descriptor: int, limit: int) -> bytes:
    """What follows in the file, which may have grown since its size was read."""
    parts, left = list[bytes](), limit
    while left > 0 and (part := os.read(descriptor, min(left, FILE_BYTES))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
