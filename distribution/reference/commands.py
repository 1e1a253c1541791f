"""Every command of `certctl`, with what its `--help` says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from typer.core import TyperGroup

from certctl_client.cli.application import COMMANDS, app
from certctl_client.cli.lazy import Deferred, built

_IN_EVERY_COMMAND = "help"


@dataclass(frozen=True)
class Parameter:
    name: str
    """The form in which it is typed: `--reason REASON`, `ID`."""
    about: str


@dataclass(frozen=True)
class Command:
    words: tuple[str, ...]
    about: str
    """The help's paragraphs; the first is one sentence or two."""
    usage: str
    arguments: tuple[Parameter, ...]
    options: tuple[Parameter, ...]
    commands: tuple["Command", ...] = field(default=())
    """The commands of a group, in the order of its help."""

    @property
    def name(self) -> str:
        return " ".join(self.words)

    def below(self) -> Iterator["Command"]:
        """Yields the command, and all below it."""
        yield self
        for command in self.commands:
            yield from command.below()


def program() -> Command:
    """`certctl` itself, with all commands below it."""
    return _read(built(app, "certctl"), ("certctl",), None)


def panels() -> dict[str, list[str]]:
    """Names of the commands below each heading of `certctl --help`, in its order."""
    found: dict[str, list[str]] = {}
    for name, later in COMMANDS.items():
        found.setdefault(later.panel, []).append(name)
    return found


def _read(command: Any, words: tuple[str, ...], above: Any) -> Command:
    if isinstance(command, Deferred):
        command = command.loaded()
    context = command.context_class(command, info_name=words[-1], parent=above)
    records = [
        (param.param_type_name == "argument", Parameter(*record))
        for param in command.params
        if param.name != _IN_EVERY_COMMAND and (record := param.get_help_record(context))
    ]
    below = command.commands.items() if isinstance(command, TyperGroup) else ()
    return Command(
        words,
        "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n")),
        " ".join([*words, *command.collect_usage_pieces(context)]),
        tuple(parameter for is_argument, parameter in records if is_argument),
        tuple(parameter for is_argument, parameter in records if not is_argument),
        tuple(_read(each, (*words, name), context) for name, each in below if not each.hidden),
    )
