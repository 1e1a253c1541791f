"""Signatures made at run time: Typer reads a command's options from them."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

type Options = Mapping[str, tuple[Any, Any]]
"""Type and default of each parameter; `REQUIRED` if it has no default."""

REQUIRED = inspect.Parameter.empty


def signed(command: Callable[..., None], options: Options) -> Callable[..., None]:
    """Gives a command these options as its keyword parameters."""
    command.__annotations__ = {name: kind for name, (kind, _) in options.items()} | {"return": None}
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # inspect.signature reads it
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
            for name, (kind, default) in options.items()
        ]
    )
    return command


def options_of(command: Callable[..., None]) -> Options:
    parameters = inspect.signature(command).parameters.values()
    return {parameter.name: (parameter.annotation, parameter.default) for parameter in parameters}
