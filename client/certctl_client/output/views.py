"""Views: what commands pass on to be shown. Machines get whole records, people a selection."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

ID = "id"

type Record = Mapping[str, Any]
type Column = str | Callable[[Any], object]


def name_or_id(name: str, identifier: str) -> Column:
    """The field with a name, else the one with the id: a record that is gone has no name."""
    return lambda record: record[name] or record[identifier]


@dataclass(frozen=True)
class Listing:
    """Records as the server returned them. `columns` maps a heading to the field shown below it, or to the
    function that makes its text. `fields` are a record's, for formats that need them before the first. `key`
    is the field with the id of a record."""

    records: Iterable[Record]
    columns: Mapping[str, Column]
    fields: Sequence[str] = ()
    key: str = ID


@dataclass(frozen=True)
class Detail:
    """One record. `text` is shown to people instead of the fields, if given. `key` is the field with its id,
    and `about` the id of what was changed, if the record is only the result of the change."""

    record: Record
    text: str = ""
    key: str = ID
    about: str = ""


@dataclass(frozen=True)
class Tiles:
    """Figures in one row: a label, a number and a style each."""

    figures: Sequence[tuple[str, object, str]]


@dataclass(frozen=True)
class Sections:
    """One record for machines; for people, its parts, each with a heading. `key` is the field with its id."""

    record: Record
    parts: Sequence[tuple[str, Listing | Detail | Tiles]]
    key: str = ID


@dataclass(frozen=True)
class Plain:
    """A value as the server sent it: an object, a list, or a text."""

    value: Any


type View = Listing | Detail | Sections


@dataclass
class FirstOf[R]:
    """The first `limit` records, or all if it is None. `has_more` is known once they have been read."""

    source: Iterator[R]
    limit: int | None
    has_more: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[R]:
        yield from islice(self.source, self.limit)
        if self.limit is not None:
            self.has_more = next(self.source, None) is not None


def fields_of(record: type[Any]) -> Sequence[str]:
    """Field names of a TypedDict, in order."""
    return tuple(record.__annotations__)
