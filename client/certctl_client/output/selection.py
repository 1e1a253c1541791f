"""`--json FIELDS` and `--jq EXPRESSION`: what of a result is printed, instead of a format."""

import json
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from certctl_client.errors import ConfigurationError
from certctl_client.output.views import Listing, Plain, View

_HOW_TO_INSTALL = (
    "Its name in PyPI is 'jq>=1.8,<2', for the environment of this command. "
    "Or pipe to the program: -o json | jq EXPRESSION"
)


@dataclass(frozen=True)
class Selection:
    """`fields` are all if there are none. `program` is a compiled jq program, or None."""

    fields: tuple[str, ...] = ()
    program: Any = None


_chosen: ContextVar[Selection | None] = ContextVar("selection", default=None)


def chosen() -> Selection | None:
    """The selection of this command, or None without one."""
    return _chosen.get()


def forget() -> None:
    """Ends the selection with the command that had it."""
    _chosen.set(None)


def choose_fields(text: str | None) -> None:
    """Selects fields: `id,name`. Raises ConfigurationError."""
    if text is None:
        return
    fields = tuple(name.strip() for name in text.split(",") if name.strip())
    if not fields:
        raise ConfigurationError(
            "--json has no fields.", "Give some, such as --json id,name, or use -o json."
        )
    _chosen.set(replace(_chosen.get() or Selection(), fields=fields))


def choose_program(expression: str | None) -> None:
    """Compiles a jq program before the command does anything. Raises ConfigurationError."""
    if expression is not None:
        _chosen.set(replace(_chosen.get() or Selection(), program=_compiled(expression)))


def selected(view: View | Plain, selection: Selection) -> list[str]:
    """What to print: JSON of the chosen fields, or a line for each result of the program: texts as they are,
    other values as JSON. Raises ConfigurationError for a field that a record does not have."""
    value = _value(view, selection.fields)
    if selection.program is None:
        return [json.dumps(value, indent=2)]
    return [
        each if isinstance(each, str) else json.dumps(each) for each in _results(selection.program, value)
    ]


def _value(view: View | Plain, fields: Sequence[str]) -> Any:
    if isinstance(view, Plain):
        return _cut(view.value, fields) if fields else view.value
    if isinstance(view, Listing):
        return [_cut(record, fields) for record in view.records]
    return _cut(view.record, fields)


def _cut(record: Any, fields: Sequence[str]) -> Any:
    if unknown := [name for name in fields if name not in record]:
        known = ", ".join(record)
        raise ConfigurationError(f"A record has no field {unknown[0]!r}.", f"It has {known}.")
    return {name: record[name] for name in fields} if fields else record


def _compiled(expression: str) -> Any:
    try:
        jq = import_module("jq")  # compiled, and needed by this option only
    except ImportError:
        raise ConfigurationError("--jq needs the Python package jq.", _HOW_TO_INSTALL) from None
    try:
        return jq.compile(expression)
    except ValueError as error:
        raise ConfigurationError(f"--jq: {_first_line(error)}") from None


def _results(program: Any, value: Any) -> list[Any]:
    try:
        return list(program.input_value(value).all())
    except ValueError as error:
        raise ConfigurationError(f"--jq: {_first_line(error)}") from None


def _first_line(error: ValueError) -> str:
    return (str(error).splitlines() or ["the expression is not valid"])[0]
