"""Maps records to items and back: an attribute has the name of the field that it stores."""

from dataclasses import MISSING, Field, fields
from typing import Any

from pynamodb.models import Model


def to_item[I: Model](item_class: type[I], record: Any, /, **keys: Any) -> I:
    """An item of `record`'s fields that have attributes, and of `keys`."""
    stored = item_class.get_attributes()
    values = {f.name: getattr(record, f.name) for f in fields(record) if f.name in stored}
    return item_class(**{name: value for name, value in (values | keys).items() if value is not None})


def to_record[R](record_class: type[R], item: Model, /, **parts: Any) -> R:
    """A record of the item's attributes; an absent one takes the field's default."""
    stored = item.get_attributes()
    values = {
        f.name: getattr(item, f.name)
        for f in fields(record_class)  # type: ignore[arg-type]  # R is a dataclass; typing cannot say so
        if f.name in stored and not _takes_default(f, getattr(item, f.name))
    }
    return record_class(**(values | parts))


def _takes_default(field: Field[Any], value: Any) -> bool:
    return value is None and (field.default is not MISSING or field.default_factory is not MISSING)
