"""Stands for `typing.TypedDict` at run time, where only names and types of the fields of a record are read.

Three hundred of typing's own take longer to make than the help of a command to print.
"""

from types import new_class
from typing import Any, NotRequired, get_origin


class _Shape(type):
    """The class of a record's fields. Its instances are plain dicts."""

    def __call__(cls, *named: Any, **values: Any) -> Any:
        """`TypedDict("Query", {"from": str})`, for names that are no identifiers; or a record of `values`."""
        if not named:
            return values
        name, fields = named
        return new_class(name, (cls,), {}, lambda space: space.update(__annotations__=fields))

    @property
    def __required_keys__(cls) -> frozenset[str]:
        return frozenset(name for name, kind in cls.__annotations__.items() if _is_required(kind))


def _is_required(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is not NotRequired


class TypedDict(metaclass=_Shape):
    pass
