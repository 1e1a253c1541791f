"""Options and columns of commands, made from the descriptions of a record's fields in `record_fields`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

import typer

from certctl_client.cli.ids import completed_ids
from certctl_client.commands.options import given
from certctl_client.commands.signatures import REQUIRED, Options, gathered
from certctl_client.errors import ConfigurationError
from certctl_client.output.views import Column
from certctl_client.plain_text import with_article
from certctl_client.record_fields.field import RecordField

type Command = Callable[..., None]

_TYPES: Mapping[str, Any] = {
    "texts": list[str],
    "ids": list[str],
    "pairs": list[str],
    "number": int,
    "switch": bool,
}


def new_options(fields: Iterable[RecordField]) -> Options:
    """Options for the fields of a new record."""
    return {
        field.name: (_option(field, _new_help(field)), REQUIRED if field.required else None)
        for field in fields
        if field.create
    }


def edit_options(fields: Iterable[RecordField]) -> Options:
    """Options for the fields that may be edited."""
    return {field.name: (_option(field, _edit_help(field)), None) for field in fields if field.edit}


def with_filters(fields: Iterable[RecordField]) -> Callable[[Command], Command]:
    """Adds the filters of a list to a command, which receives the given ones as `filters`, by field."""
    options = {
        field.name: (_option(field, field.filter_help or _narrowing(field)), None)
        for field in fields
        if field.filter
    }
    return _receiving(options)


def with_bulk_filters(fields: Iterable[RecordField]) -> Callable[[Command], Command]:
    """Adds the filters of a bulk operation to a command, which receives the given ones as `filters`."""
    options = {field.name: (_option(field, _narrowing(field)), None) for field in fields if field.bulk}
    return _receiving(options)


def _receiving(options: Options) -> Callable[[Command], Command]:
    return lambda command: gathered(command, "filters", options, given)


def columns_of(fields: Iterable[RecordField]) -> dict[str, Column]:
    """Headings of a list's columns and the fields below them, in the order of their places."""
    placed = sorted((field for field in fields if field.column), key=lambda field: field.column)
    return {field.label.upper(): field.name for field in placed}


def ids_in(fields: Iterable[RecordField], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The ids of other records among the values, each after the path of its kind: `teams`."""
    return [
        (field.refers_to, values[field.name]) for field in fields if field.refers_to and field.name in values
    ]


def new_values(fields: Iterable[RecordField], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values to send in a new record. Raises ConfigurationError."""
    return {
        field.name: pairs_of(typed[field.name], field.flag) if field.type == "pairs" else typed[field.name]
        for field in fields
        if typed.get(field.name) not in (None, [])
    }


def changed_values(
    fields: Iterable[RecordField], typed: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """The typed values to send in an edit of the record `before`. Raises ConfigurationError."""
    return {
        field.name: _changed_value(field, typed[field.name], before)
        for field in fields
        if field.name in typed
    }


def _changed_value(field: RecordField, typed: Any, before: Mapping[str, Any]) -> Any:
    """The value to send for an edited field. Empty texts leave a list; pairs are added to the record's own,
    and removed by an empty value. Raises ConfigurationError."""
    match field.type:
        case "texts" | "ids":
            return [text for text in typed if text]
        case "pairs":
            pairs = {**before[field.name], **pairs_of(typed, field.flag)}
            return {name: value for name, value in pairs.items() if value}
    return typed


def pairs_of(texts: Iterable[str], flag: str) -> dict[str, str]:
    """Parses `name=value`. Raises ConfigurationError."""
    pairs = [text.partition("=") for text in texts]
    if not all(name and equals for name, equals, _ in pairs):
        raise ConfigurationError(f"{flag} has no value.", f"Use {flag} name=value.")
    return {name: value for name, _, value in pairs}


def _option(field: RecordField, about: str) -> Any:
    kind = _TYPES.get(field.type, str)
    completion = completed_ids(field.refers_to) if field.refers_to else None
    option = typer.Option(field.flag, help=about, autocompletion=completion)
    return Annotated[kind if field.required else kind | None, option]


def _new_help(field: RecordField) -> str:
    about = _about(field)
    return f"{about.removesuffix('.')}; default: {field.default}." if field.default else about


def _edit_help(field: RecordField) -> str:
    match field.type:
        case "texts" | "ids":
            one = with_article(field.label.lower().removesuffix("s"))
            what = f"Id of {one}" if field.type == "ids" else one.capitalize()
            return f"{what}; replaces all current ones. Repeatable; '' for none."
        case "pairs":
            return f"name=value; the other {field.label.lower()} stay. name= removes it."
    return _about(field)


def _about(field: RecordField) -> str:
    match field.type:
        case "id":
            return field.help or f"Id of the {field.label.lower()}."
        case "texts" | "ids":
            return f"{field.help} Repeatable.".lstrip()
        case "pairs":
            return f"{field.help or 'name=value.'} Repeatable."
    return field.help or f"{field.label}."


def _narrowing(field: RecordField) -> str:
    one = field.label.lower()
    return f"Id of {with_article(one)}." if field.type == "id" else f"Only this {one}."
