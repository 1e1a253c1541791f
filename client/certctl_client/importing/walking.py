"""Walks a directory in a fixed order. Links count if they lead to a file inside it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from certctl_client.importing.found import Refused
from certctl_client.importing.limits import DIRECTORY_DEPTH


@dataclass(frozen=True)
class Candidate:
    """`path` is what people see, `real` what is opened: they differ for a link."""

    path: Path
    real: Path


@dataclass(frozen=True)
class Tree:
    """A directory without links in its path, and the file system that it is on."""

    root: Path
    device: int

    @classmethod
    def at(cls, directory: Path) -> "Tree":
        """Raises OSError."""
        root = Path(os.path.realpath(directory, strict=True))
        return cls(root, root.stat().st_dev)

    def files(self) -> Iterator[Candidate | Refused]:
        """Yields the files, each directory's before those of the directories in it."""
        waiting = [(self.root, 0)]
        while waiting:
            directory, depth = waiting.pop()
            below = list[Path]()
            for entry in _sorted_entries(directory):
                if isinstance(entry, Refused):
                    yield entry
                elif entry.is_dir(follow_symlinks=False):
                    below.append(directory / entry.name)
                elif (found := self._candidate(entry, directory)) is not None:
                    yield found
            yield from self._refusals(below, depth)
            waiting += [(each, depth + 1) for each in reversed(below) if self._is_entered(each, depth)]

    def _candidate(self, entry: "os.DirEntry[str]", directory: Path) -> Candidate | Refused | None:
        path = directory / entry.name
        if entry.is_symlink():
            return self._target(path)
        return Candidate(path, path) if entry.is_file(follow_symlinks=False) else None

    def _target(self, link: Path) -> Candidate | Refused | None:
        try:
            real = Path(os.path.realpath(link, strict=True))
        except OSError:
            return None  # it leads nowhere
        if not real.is_file():
            return None
        if not real.is_relative_to(self.root):
            return Refused(
                str(link), "It is a link that leads out of the directory: import a directory above."
            )
        return Candidate(link, real)

    def _is_entered(self, directory: Path, depth: int) -> bool:
        return depth < DIRECTORY_DEPTH and _device(directory) == self.device

    def _refusals(self, directories: list[Path], depth: int) -> Iterator[Refused]:
        for each in directories:
            if depth >= DIRECTORY_DEPTH:
                yield Refused(str(each), "It is nested too deep.")
            elif _device(each) not in (self.device, None):
                yield Refused(str(each), "It is on another file system: import it by its own path.")


def _sorted_entries(directory: Path) -> "Iterator[os.DirEntry[str] | Refused]":
    try:
        with os.scandir(directory) as entries:
            found = sorted(entries, key=lambda each: each.name)
    except OSError as error:
        yield Refused(str(directory), f"It cannot be read: {error.strerror}.")
        return
    yield from found


def _device(directory: Path) -> int | None:
    try:
        return directory.lstat().st_dev
    except OSError:
        return None
