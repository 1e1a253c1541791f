"""Turns typed texts into values, and says what is wrong with them in words for people.

Typer's own conversion builds validators, which take longer to import than most commands run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import typer
from typer.core import TyperGroup

from certctl_client.cli.ids import complete_ids

_WIDEST = 44
_WORDS = {str: "TEXT", int: "N", float: "SECONDS", Path: "PATH"}


@dataclass(frozen=True)
class PlainValue:
    """Takes the place of Typer's conversion of one parameter."""

    one: Callable[[str], Any]

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Raises BadParameter."""
        is_several = param.multiple or param.nargs == -1
        if value is None:
            return () if is_several else None
        try:
            return tuple(self._converted(each) for each in value) if is_several else self._converted(value)
        except ValueError as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from None

    def _converted(self, value: Any) -> Any:
        """Converts typed text; a default is a value already."""
        return self.one(value) if isinstance(value, str) else value


def _plain_or_typers(kind: Any) -> Any:
    conversion = _conversion(kind)
    return PlainValue(conversion) if conversion else _typers_own(kind)


_core: Any = typer.core
_typers_own = _core.build_runtime_param
_core.build_runtime_param = _plain_or_typers  # the one place where Typer asks for a conversion


def with_plain_help(command: Any) -> Any:
    """The command, and those of a group, with kinds of values in words, and completion of ids."""
    for param in command.params:
        _put_in_words(param)
    if isinstance(command, TyperGroup):
        for each in command.commands.values():
            with_plain_help(each)
    return command


def with_examples(command: Any) -> Any:
    """The command, and those of a group, with examples at the end of their help."""
    if isinstance(command, TyperGroup):
        for each in command.commands.values():
            with_examples(each)
    else:
        command.format_epilog = _write_examples
    return command


def _write_examples(context: Any, formatter: Any) -> None:
    from certctl_client.cli.examples import write_examples  # a table that only help needs

    write_examples(context, formatter)


def _put_in_words(param: Any) -> None:
    complete_ids(param)
    if param.param_type_name == "argument":
        param.display_type_rich = lambda ctx: None
    elif param.metavar is None and not getattr(param, "is_flag", False):
        _describe(param)


def _conversion(kind: Any) -> Callable[[str], Any] | None:
    """The conversion of a type, or None for a type that Typer converts itself."""
    if (parser := kind.parameter_info.parser) is not None:
        own: Callable[[str], Any] = parser
        return own
    if kind.choices is not None:
        return one_of({str(getattr(choice, "value", choice)): choice for choice in kind.choices})
    info, element = kind.parameter_info, _element_type(kind.annotation)
    conversions: Mapping[Any, Callable[[str], Any]] = {
        str: str,
        int: number(int, "a whole number", info.min, info.max),
        float: number(float, "a number", info.min, info.max),
        bool: _truth,
        Path: lambda text: path(text, file_okay=info.file_okay, dir_okay=info.dir_okay),
    }
    return conversions.get(element)


def _element_type(annotation: Any) -> Any:
    return next(iter(get_args(annotation)), annotation)


def _describe(param: Any) -> None:
    """Many choices would fill the line of the option: they go into its help."""
    kind = param.type_descriptor
    if kind.choices is None:
        param.metavar = _WORDS.get(_element_type(kind.annotation))
        return
    names = [str(getattr(choice, "value", choice)) for choice in kind.choices]
    param.metavar = "|".join(names)
    if len(param.metavar) > _WIDEST:
        param.metavar = str(param.name).strip("_").upper()
        param.help = f"{param.help or ''} One of {', '.join(names)}.".strip()


def one_of(choices: Mapping[str, Any]) -> Callable[[str], Any]:
    """A conversion to a choice in any case. It raises ValueError, which names all choices, and the
    nearest."""
    by_folded = {name.casefold(): value for name, value in choices.items()}

    def choose(text: str) -> Any:
        if text.casefold() in by_folded:
            return by_folded[text.casefold()]
        raise ValueError(not_one_of(text, list(choices)))

    return choose


def not_one_of(text: str, known: Sequence[str]) -> str:
    """The sentence for a word that is not known."""
    near = get_close_matches(text.casefold(), [name.casefold() for name in known], 1)
    nearest = [name for name in known if name.casefold() in near]
    hint = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"{text!r} is not one of {', '.join(known)}.{hint}"


def number[N: (int, float)](
    kind: Callable[[str], N], called: str, least: float | None, most: float | None
) -> Callable[[str], N]:
    """A conversion to a number. It raises ValueError outside the bounds."""

    def convert(text: str) -> N:
        try:
            value = kind(text)
        except ValueError:
            raise ValueError(f"{text!r} is not {called}.") from None
        if least is not None and not value >= least:
            raise ValueError(f"{text} is less than {least:g}.")
        if most is not None and not value <= most:
            raise ValueError(f"{text} is more than {most:g}.")
        return value

    return convert


def path(text: str, *, file_okay: bool, dir_okay: bool) -> Path:
    """Raises ValueError for a directory in place of a file, or the reverse."""
    found = Path(text)
    if not dir_okay and found.is_dir():
        raise ValueError(f"{text!r} is a directory.")
    if not file_okay and found.is_file():
        raise ValueError(f"{text!r} is a file.")
    return found


def _truth(text: str) -> bool:
    if text.casefold() in ("1", "true", "yes", "on"):
        return True
    if text.casefold() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError(f"{text!r} is neither true nor false.")
