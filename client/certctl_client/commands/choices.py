"""Options that take several of the values that exist, in any case."""

from collections.abc import Callable
from typing import Any, get_args

import typer

type Choice = Callable[[str], str]


def several(literal: Any, *flags: str, help: str) -> Any:  # as Typer names it
    """For `Annotated[list[str] | None, ...]`: each value is one of the Literal's."""
    known = get_args(literal)
    return typer.Option(*flags, parser=one_of(known), metavar=f"[{'|'.join(known)}]", help=help)


def one_of(known: tuple[str, ...]) -> Choice:
    """Returns a parser that returns the value as it is known, and raises BadParameter naming what exists."""
    by_name = {value.lower(): value for value in known}

    def parse(text: str) -> str:
        if text.lower() not in by_name:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(known)}.")
        return by_name[text.lower()]

    return parse
