"""Reads the files of an export. They may be hostile: only regular files, in lines of bounded length."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

from certctl_client.trail.faults import FaultKind, refuse

EVENTS = "events.jsonl"
SEALS = "seals.jsonl"
PROOFS = "proofs.jsonl"
HEADS = "heads.jsonl"
KEY = "key.pem"

_MEBIBYTE = 1024 * 1024
LONGEST_LINE: Mapping[str, int] = {
    EVENTS: _MEBIBYTE,
    SEALS: 16 * _MEBIBYTE,
    PROOFS: 16 * 1024,
    HEADS: 4 * _MEBIBYTE,
    KEY: 4096,
}
_BLOCK = 256 * 1024
_SAFE_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Bundle(Protocol):
    """The files that the verifier reads, each as often as it needs."""

    def has(self, name: str) -> bool: ...

    def lines(self, name: str) -> Iterator[bytes]:
        """Lines without their ends. Raises FaultFound unless it is a readable file of bounded lines."""
        ...


class DirectoryBundle:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def has(self, name: str) -> bool:
        return os.path.lexists(self._directory / name)

    def lines(self, name: str) -> Iterator[bytes]:
        with self._opened(name) as file:
            yield from _split(file, name, LONGEST_LINE[name])

    def _opened(self, name: str) -> BinaryIO:
        """Refuses symbolic links, pipes and devices: a hostile bundle must neither lead elsewhere nor
        block."""
        try:
            descriptor = os.open(self._directory / name, _SAFE_FLAGS)
        except (OSError, ValueError):
            refuse(FaultKind.UNREADABLE, "the file does not exist or cannot be read", file=name)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            refuse(FaultKind.UNREADABLE, "it is not a regular file", file=name)
        return os.fdopen(descriptor, "rb", buffering=0)


def _split(file: BinaryIO, name: str, longest: int) -> Iterator[bytes]:
    number, parts, held = 1, list[bytes](), 0
    while block := _block(file, name):
        first, *others = block.split(b"\n")
        parts.append(first)
        held += len(first)
        if others:
            lines = [b"".join(parts), *others]
            parts = [lines.pop()]
            held = len(parts[0])
            _refuse_long(max(lines, key=len), name, number, longest)
            yield from lines
            number += len(lines)
        if held > longest:
            refuse(FaultKind.UNREADABLE, f"the line has more than {longest} bytes", file=name, line=number)
    if held:
        refuse(FaultKind.UNREADABLE, "the last line has no end: the file was cut", file=name, line=number)


def _block(file: BinaryIO, name: str) -> bytes:
    try:
        return file.read(_BLOCK)
    except OSError as error:
        refuse(FaultKind.UNREADABLE, f"it cannot be read: {error.strerror}", file=name)


def _refuse_long(line: bytes, name: str, number: int, longest: int) -> None:
    if len(line) > longest:
        refuse(FaultKind.UNREADABLE, f"a line has more than {longest} bytes", file=name, line=number)


def read_small(bundle: Bundle, name: str) -> bytes:
    """Reads a whole small file, such as key.pem. Raises FaultFound."""
    gathered = b""
    for line in bundle.lines(name):
        gathered += line + b"\n"
        if len(gathered) > LONGEST_LINE[name]:
            refuse(FaultKind.UNREADABLE, f"it has more than {LONGEST_LINE[name]} bytes", file=name)
    return gathered
