"""The directory of an export: written under another name beside its path, then renamed."""

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
        raise ConfigurationError(
            f"{target} exists already.", "Choose another directory, or replace it with --force."
        )


@contextlib.contextmanager
def prepare(target: Path) -> Iterator[Path]:
    """The working directory, mode 0700. Files of an interrupted export stay, so that it can continue."""
    _refuse_foreign(target)
    partial = target.absolute().parent / f".{target.absolute().name}.partial"
    try:
        partial.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(partial)
        yield partial
    except OSError as error:
        raise CommandError(f"The export cannot be written: {error.strerror} ({error.filename}).") from None


def finished(partial: Path, target: Path) -> None:
    """Renames the working directory to `target`, then removes what `target` was before."""
    old = partial.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def remove_all_but(directory: Path, *names: str) -> None:
    """Removes the files that an export of another kind left."""
    for leftover in directory.iterdir():
        if leftover.name not in names:
            leftover.unlink()


def private_file(directory: Path, name: str) -> BinaryIO:
    """A new file for writing, mode 0600."""
    path = directory / name
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _refuse_foreign(target: Path) -> None:
    """Refuses directories with other files: replacing removes the directory."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir() or {entry.name for entry in target.iterdir()} - _OURS:
        raise ConfigurationError(f"{target} holds other files than an export.", "Choose another directory.")
