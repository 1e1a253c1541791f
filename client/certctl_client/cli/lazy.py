"""Commands and groups that are imported when they run: until then tables have their names and help."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from certctl_client.cli.global_options import with_global_options
from certctl_client.cli.values import with_examples, with_plain_help

_PACKAGE = "certctl_client"
_LONGEST = 200


@dataclass(frozen=True)
class Later:
    """`address` is `module:attribute` below certctl_client: a function, a Typer, or a mapping from
    a command's name to either. `about` is the first sentence of its help, `panel` the heading above it."""

    address: str
    about: str
    panel: str = "Commands"

    def load(self, name: str) -> Callable[..., None] | typer.Typer:
        module, _, attribute = self.address.partition(":")
        found: Any = getattr(import_module(f"{_PACKAGE}.{module}"), attribute)
        command: Callable[..., None] | typer.Typer = found[name] if isinstance(found, Mapping) else found
        return command


@dataclass(frozen=True)
class Made:
    """A command whose options take long to make: `make` makes it when it is asked for. Else like Later."""

    make: Callable[[], Callable[..., None]]
    about: str
    panel: str = "Commands"

    def load(self, _name: str) -> Callable[..., None]:
        return self.make()


type Pending = Later | Made


class Deferred(TyperCommand):
    """Stands for a command that is not imported, or not made, yet."""

    def __init__(self, name: str, later: Pending) -> None:
        super().__init__(name, help=later.about)
        self.later = later

    def loaded(self) -> Any:
        return built(self.later.load(self.name or ""), self.name or "")


class LazyGroup(TyperGroup):
    """A group with the commands of `later` before its own."""

    later: ClassVar[Mapping[str, Pending]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        deferred = {name: Deferred(name, later) for name, later in self.later.items()}
        self.commands = {**deferred, **self.commands}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if isinstance(command, Deferred):
            command = with_global_options(command.loaded(), ctx.find_root().command)
        return name, command, rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes one list under each heading."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            if not command.hidden:
                about = command.get_short_help_str(_LONGEST)
                panels.setdefault(_panel(command), []).append((name, about))
        widest = max((len(name) for rows in panels.values() for name, _ in rows), default=0)
        for panel, rows in panels.items():
            with formatter.section(panel):
                formatter.write_dl([(name.ljust(widest), about) for name, about in rows])


def _panel(command: Any) -> str:
    return command.later.panel if isinstance(command, Deferred) else "Commands"


def lazy_group(table: Mapping[str, Pending]) -> type[LazyGroup]:
    """The class for `typer.Typer(cls=...)`."""

    class Lazy(LazyGroup):
        later = table

    return Lazy


def built(found: Callable[..., None] | typer.Typer, name: str) -> Any:
    """The parser's command of a function or a group."""
    if isinstance(found, typer.Typer):
        found.rich_markup_mode = None
        group = get_group(found)
        group.name = name
        return with_examples(with_plain_help(group))
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name)(found)
    return with_examples(with_plain_help(get_command(alone)))
