"""The directory of an export: built beside its place under another name, then put there at once."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.trail.bundle import EVENTS, HEADS, KEY, PROOFS, SEALS

PROGRESS = "progress"
_OURS = frozenset({EVENTS, SEALS, PROOFS, HEADS, KEY, PROGRESS})


def refuse_existing(target: Path) -> None:
    """Raises ConfigurationError unless `target` is free or an empty directory."""
    if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
        raise ConfigurationError(f"{target} exists.", "Choose another directory, or replace it with --force.")


@contextlib.contextmanager
def prepare(target: Path) -> Iterator[Path]:
    """The working directory, mode 0700. What an interrupted export left in it stays, to go on from."""
    _refuse_foreign(target)
    partial = target.absolute().parent / f".{target.absolute().name}.partial"
    try:
        partial.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(partial)
        yield partial
    except OSError as error:
        raise CommandError(f"The export cannot be written: {error.strerror} ({error.filename}).") from None


def finished(partial: Path, target: Path) -> None:
    """Puts it in its place; what was there is removed after that."""
    old = partial.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def remove_all_but(directory: Path, *names: str) -> None:
    """What an export of another kind left behind."""
    for leftover in directory.iterdir():
        if leftover.name not in names:
            leftover.unlink()


def private_file(directory: Path, name: str) -> BinaryIO:
    """For writing from the start, mode 0600."""
    path = directory / name
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _refuse_foreign(target: Path) -> None:
    """Replacing removes a directory: only ever one that holds an export and nothing else."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir() or {entry.name for entry in target.iterdir()} - _OURS:
        raise ConfigurationError(f"{target} holds other things than an export.", "Choose another directory.")
