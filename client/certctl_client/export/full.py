"""Exports all sealed events, seal by seal. An interrupted export continues after its last seal."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from certctl_client.api.paths import path_of
from certctl_client.api.transport import Api
from certctl_client.errors import CommandError
from certctl_client.export.directory import PROGRESS, private_file, remove_all_but
from certctl_client.export.seal_lists import newest_seq
from certctl_client.output.progress import Progress
from certctl_client.plain_text import counted
from certctl_client.trail.bundle import EVENTS, KEY, SEALS

_AT_ONCE = 8
_EMPTY = b',"manifest":[],'


@dataclass(frozen=True)
class FullExport:
    seals: int

    def sentence(self) -> str:
        return f"{counted(self.seals, 'seal')} with all events"


@dataclass(frozen=True)
class _Fetched:
    """`seal` is the stored object, `events` are whole lines."""

    seal: bytes
    events: bytes


@dataclass(frozen=True)
class _Position:
    """Sizes of the files after a whole seal."""

    seals: int = 0
    seal_bytes: int = 0
    event_bytes: int = 0


def export_full(api: Api, directory: Path, progress: Progress) -> FullExport:
    """Writes seals.jsonl, events.jsonl and key.pem. Raises CommandError, OSError."""
    newest = newest_seq(api)
    remove_all_but(directory, SEALS, EVENTS, PROGRESS)
    begun = _resumable(api, directory)
    with private_file(directory, KEY) as key:
        key.write(api.get(path_of("audit", "key")).content)
    with (
        _at(directory, SEALS, begun.seal_bytes) as seals,
        _at(directory, EVENTS, begun.event_bytes) as events,
        _at(directory, PROGRESS, 0) as marks,
    ):
        for number, fetched in enumerate(_in_order(api, begun.seals + 1, newest), start=begun.seals + 1):
            events.write(fetched.events)
            seals.write(fetched.seal + b"\n")
            _mark(marks, events, seals, number)
            progress("seals", number, newest)
    (directory / PROGRESS).unlink()
    return FullExport(newest)


def _in_order(api: Api, first: int, last: int) -> Iterator[_Fetched]:
    """Fetches a few seals concurrently: each is held in memory with its events."""
    waiting = deque[Future[_Fetched]]()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for seq in range(first, last + 1):
                waiting.append(pool.submit(_fetch, api, seq))
                if len(waiting) == _AT_ONCE:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch(api: Api, seq: int) -> _Fetched:
    seal = api.get(path_of("audit", "seals", seq)).content
    if b"\n" in seal:
        raise CommandError(f"The server's seal {seq} does not have the form of a seal.")
    return _Fetched(seal, b"" if _EMPTY in seal else b"".join(_events_of(api, seq)))


def _events_of(api: Api, seq: int) -> Iterator[bytes]:
    offset: int | None = 0
    while offset is not None:
        response = api.get(path_of("audit", "seals", seq, "events"), {"offset": offset})
        yield _ended(response.content)
        offset = _next_offset(response.headers.get("X-Next-Offset"), offset)


def _next_offset(text: str | None, offset: int) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) <= offset:
        raise CommandError("The server's response has an invalid X-Next-Offset.")
    return int(text)


def _ended(lines: bytes) -> bytes:
    return lines + b"\n" if lines and not lines.endswith(b"\n") else lines


def _mark(marks: BinaryIO, events: BinaryIO, seals: BinaryIO, number: int) -> None:
    """Records the position after both files are written: bytes beyond it are cut off on resumption."""
    events.flush()
    seals.flush()
    marks.seek(0)
    marks.write(f"{number} {seals.tell()} {events.tell()} .\n".encode())
    marks.flush()


def _resumable(api: Api, directory: Path) -> _Position:
    """The position of an interrupted export; the start if there is none, or it was of another trail."""
    try:
        *numbers, end = (directory / PROGRESS).read_text().splitlines()[0].split()
        position = _Position(*map(int, numbers))
        with (directory / SEALS).open("rb") as file:
            lines = file.read(position.seal_bytes).splitlines()
        sizes_fit = (directory / EVENTS).stat().st_size >= position.event_bytes
    except (OSError, ValueError, TypeError, IndexError):
        return _Position()
    if end != "." or not sizes_fit or not position.seals or len(lines) != position.seals:
        return _Position()
    stored = api.get(path_of("audit", "seals", position.seals)).content
    return position if stored == lines[-1] else _Position()


def _at(directory: Path, name: str, size: int) -> BinaryIO:
    """Opens the file for writing, cut to `size`."""
    descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    os.ftruncate(descriptor, size)
    file = os.fdopen(descriptor, "wb")
    file.seek(size)
    return file
