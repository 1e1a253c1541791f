"""Maps records to items and back: an attribute has the name of the field that it stores."""

from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any

from pynamodb.models import Model


def to_item[I: Model](item_class: type[I], record: Any, /, **keys: Any) -> I:
    """An item of `record`'s fields that have attributes, and of `keys`."""
    stored = item_class.get_attributes()
    values = {f.name: getattr(record, f.name) for f in fields(record) if f.name in stored}
    return item_class(**{name: value for name, value in (values | keys).items() if value is not None})


def to_record[R](record_class: type[R], item: Model, /, **parts: Any) -> R:
    """A record of the item's attributes; an absent one takes the field's default."""
    # mypy does not see that a class is hashable
    stored = _stored_fields(record_class, type(item))  # type: ignore[arg-type]
    held = item.attribute_values.get
    values = {
        name: value for name, has_default in stored if (value := held(name)) is not None or not has_default
    }
    return record_class(**(values | parts))


@cache
def _stored_fields(record_class: type[Any], item_class: type[Model]) -> tuple[tuple[str, bool], ...]:
    """The fields that have attributes, and whether they have defaults."""
    stored = item_class.get_attributes()
    return tuple((f.name, _has_default(f)) for f in fields(record_class) if f.name in stored)


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING
