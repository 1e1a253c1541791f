"""Filters: dataclasses in which every field that differs from its default must match.

A field is compared for equality unless the filter has a rule of its own for it, so that a new field filters
from the day on which it is added."""

from collections.abc import Collection
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_ABSENT = object()


def given(wanted: "DataclassInstance") -> dict[str, Any]:
    """The fields that differ from their defaults, with their values."""
    values = ((each, getattr(wanted, each.name)) for each in fields(wanted))
    return {each.name: value for each, value in values if value != each.default}


def equals(record: object, wanted: "DataclassInstance", other_rules: Collection[str] = ()) -> bool:
    """Whether each given field equals the record's field of the same name, except those for which
    `other_rules` decide. A record without such a field does not match."""
    exact = ((name, value) for name, value in given(wanted).items() if name not in other_rules)
    return all(getattr(record, name, _ABSENT) == value for name, value in exact)
