"""Signatures made at run time: Typer reads a command's options from them, the MCP SDK a tool's parameters."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter
from typing import Any

type Options = Mapping[str, tuple[Any, Any]]
"""Type and default of each parameter; `REQUIRED` if it has no default."""

REQUIRED = Parameter.empty


def signed[**P, R](function: Callable[P, R], options: Options) -> Callable[P, R]:
    """Gives a function these options as its keyword parameters."""
    return _with_parameters(function, _parameters(options))


def gathered[R](
    function: Callable[..., R], name: str, options: Options, make: Callable[..., Any]
) -> Callable[..., R]:
    """A function with these options in place of its parameter `name`, whose value `make` makes of theirs."""

    @wraps(function)
    def with_options(*positional: Any, **given: Any) -> R:
        made = make(**{option: given.pop(option) for option in options})
        return function(*positional, **given, **{name: made})

    own = [each for each in inspect.signature(function).parameters.values() if each.name != name]
    return _with_parameters(with_options, [*own, *_parameters(options)])


def _parameters(options: Options) -> list[Parameter]:
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, (kind, default) in options.items()
    ]


def _with_parameters[**P, R](function: Callable[P, R], parameters: list[Parameter]) -> Callable[P, R]:
    function.__annotations__ = {
        each.name: each.annotation for each in parameters if each.annotation is not Parameter.empty
    }
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it
    return function
