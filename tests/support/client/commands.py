"""The commands of the command line, and their examples as a shell would run them."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from certctl_client.cli.application import app
from certctl_client.cli.lazy import Deferred, built

type Path = tuple[str, ...]


def every_command() -> Iterator[tuple[Path, Any]]:
    """Each command that is no group, by its path: `("certs", "list")`."""
    yield from _leaves(built(app, "certctl"), ())


def _leaves(group: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    for name, command in group.commands.items():
        real = command.loaded() if isinstance(command, Deferred) else command
        if hasattr(real, "commands"):
            yield from _leaves(real, (*path, name))
        else:
            yield (*path, name), real


def arguments_of(example: str) -> list[str]:
    """What follows `certctl`, which may read from a pipe, without pipes and redirections behind it."""
    words = shlex.split(example.rpartition("| certctl ")[2], comments=True)
    if "| certctl " not in example:
        assert words.pop(0) == "certctl", example
    ends = (at for at, word in enumerate(words) if word in ("|", "<", ">"))
    return words[: next(ends, len(words))]


def takes(command: Any, option: str) -> bool:
    return any(option in parameter.opts for parameter in command.params)


def named(path: Sequence[str]) -> str:
    return " ".join(path)
