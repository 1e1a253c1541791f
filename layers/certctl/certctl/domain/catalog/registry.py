"""Kinds as values: a registry with one definition per kind."""

from collections.abc import Iterator
from typing import Protocol


class Definition(Protocol):
    @property
    def type(self) -> str: ...


class Kinds[D: Definition]:
    """Definitions by type, in their order."""

    def __init__(self, *definitions: D) -> None:
        self._by_type = {definition.type: definition for definition in definitions}

    def __iter__(self) -> Iterator[D]:
        return iter(self._by_type.values())

    def get(self, type_: str) -> D | None:
        return self._by_type.get(type_)

    def of(self, type_: str) -> D:
        """Raises ValueError for a type without a definition."""
        found = self._by_type.get(type_)
        if found is None:
            raise ValueError(f"{type_!r} {self.allowed}")
        return found

    @property
    def allowed(self) -> str:
        """The allowed types, for people."""
        return f"must be one of {', '.join(self._by_type)}"
