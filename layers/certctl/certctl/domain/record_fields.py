"""Describes a field of a record once, in the metadata of its dataclass (docs/adr/0052).

`make openapi` writes from it what must be static: bodies, views and queries of the API, and what the command
line and the dashboard know of the field."""

from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from typing import Any, Literal, TypedDict, Unpack

type FieldUse = Literal[
    "required",  # a caller must give it for a new record
    "create",  # a caller may give it for a new record
    "edit",
    "filter",  # lists filter for equality by it
    "rare filter",  # the same; pages show the filter on request
    "selects",  # bulk operations filter by it
    "narrows",  # the same, but beside a filter that selects: alone it could match the whole inventory
    "column",  # of lists: on the command line, on pages
    "cli column",  # of lists on the command line alone
    "csv",
    "mcp",  # a model sees it in lists
    "mcp record",  # a model sees it in the record itself
]


class FieldWords(TypedDict, total=False):
    """Words for one field, all of them optional."""

    wire: str
    """The name in the API, if the dataclass has another one."""
    about: str
    """The description in the API document."""
    help: str
    """What the command line says of its option, if the label is not enough."""
    filter_help: str
    hint: str
    """The sentence below the input of a form."""
    placeholder: str
    flag: str
    """The option on the command line; without it `--` and the name, without `_id`."""
    refers_to: str
    """The kind of the catalog, as in its path, if it has the id of a record, or ids."""
    fallback: str
    """The value in a new record if the caller gives none."""
    default: str
    """The same in words, where it is no fixed value."""
    max_length: int
    max_items: int


def described(label: str, uses: tuple[FieldUse, ...] = (), **words: Unpack[FieldWords]) -> Mapping[str, Any]:
    """The metadata of a dataclass's field. `label` is its name in forms, columns and filters."""
    return {"label": label, "uses": uses, **words}


def described_fields(record: type) -> Iterator[Field[Any]]:
    """The fields of a dataclass that have a description."""
    return (each for each in fields(record) if "label" in each.metadata)


def names_for(record: type, *uses: FieldUse) -> dict[str, str]:
    """The names in the API of the fields with one of these uses, and those in the dataclass."""
    asked = set(uses)
    found = (each for each in described_fields(record) if not asked.isdisjoint(each.metadata["uses"]))
    return {wire_name(each): each.name for each in found}


def given_for(record: type, wanted: object) -> dict[str, Any]:
    """The values that a request has for fields of a record, by their names in the dataclass; None is no
    value."""
    values = {each.name: getattr(wanted, wire_name(each), None) for each in described_fields(record)}
    return {name: value for name, value in values.items() if value is not None}


def fallbacks(record: type) -> dict[str, Any]:
    """The values of a new record for which the caller gives none."""
    described = described_fields(record)
    return {each.name: each.metadata["fallback"] for each in described if "fallback" in each.metadata}


def wire_name(field: Field[Any]) -> str:
    """The name of a field in the API."""
    return str(field.metadata.get("wire", field.name))
