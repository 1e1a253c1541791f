"""Rows of DynamoDB as items, by a plan that is made once for each class of items.

PynamoDB visits every attribute of a class for each row, whether the row has it or not: for its default, for
its value, and to set it. A row of an index has a few of them, and no class has defaults, discriminators or
nested maps, so that one step for each attribute of the row is left.
"""

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, Self

from pynamodb.attributes import Attribute, NumberAttribute
from pynamodb.connection import TableConnection
from pynamodb.constants import NULL
from pynamodb.models import Model

from certctl.store.binding import Binding, current

type _Step = tuple[str, str, Callable[[Any], Any] | None, Attribute[Any]]
"""The attribute's name in the item, its type in rows, and what its values are read by, if not as they are."""


_BINDING = threading.RLock()


class Item(Model):
    """The base of every item, bound to its table at its first use. Read as PynamoDB's own `from_raw_data`
    reads it, but for the time it takes."""

    _binding: ClassVar[Binding | None] = None

    @classmethod
    def _get_connection(cls) -> TableConnection:
        if cls._binding is not current():
            with _BINDING:
                cls._bind(current())
        return super()._get_connection()

    @classmethod
    def _bind(cls, binding: Binding) -> None:
        if cls._binding is binding:
            return
        # `table` is a Meta field of our own
        cls.Meta.table_name = binding.names[cls.Meta.table]  # type: ignore[attr-defined]
        cls._connection = None
        binding.share(super()._get_connection())
        cls._binding = binding

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """An attribute that the class does not know is skipped, and one that the row does not have is
        None. Raises AttributeDeserializationError for one of another type."""
        if not data:
            return super().from_raw_data(data)
        item = cls.__new__(cls)
        item.attribute_values = _values(data, _plan_of(cls))
        return item


def _values(row: Mapping[str, Mapping[str, Any]], plan: Mapping[str, _Step]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for stored_as, typed in row.items():
        step = plan.get(stored_as)
        if step is None or not typed or NULL in typed:
            continue
        name, kind, read, attribute = step
        if kind not in typed:
            attribute.get_value(dict(typed))  # raises
        values[name] = read(typed[kind]) if read else typed[kind]
    return values


@cache
def _plan_of(item: type[Model]) -> Mapping[str, _Step]:
    """The attributes of a class by their names in rows."""
    return {
        attribute.attr_name: (name, attribute.attr_type, _reader_of(attribute), attribute)
        for name, attribute in item.get_attributes().items()
    }


def _reader_of(attribute: Attribute[Any]) -> Callable[[Any], Any] | None:
    if type(attribute).deserialize is Attribute.deserialize:
        return None
    return _number if type(attribute) is NumberAttribute else attribute.deserialize


def _number(text: str) -> Any:
    """Whole numbers are most of them, and need no JSON."""
    is_plain = text.isascii() and text.isdigit() and not text.startswith("0")
    return int(text) if is_plain else _NUMBER.deserialize(text)


_NUMBER = NumberAttribute()
