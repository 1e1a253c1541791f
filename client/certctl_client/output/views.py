"""Views: what commands pass on to be shown. Machines get whole records, people a selection."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

type Record = Mapping[str, Any]
type Column = str | Callable[[Any], object]


@dataclass(frozen=True)
class Listing:
    """Records as the server returned them. `columns` maps a heading to the field shown below it, or to the
    function that makes its text. `fields` are a record's, for formats that need them before the first."""

    records: Iterable[Record]
    columns: Mapping[str, Column]
    fields: Sequence[str] = ()


@dataclass(frozen=True)
class Detail:
    """One record. `text` is shown to people instead of the fields, if given."""

    record: Record
    text: str = ""


@dataclass(frozen=True)
class Tiles:
    """Figures in one row: a label, a number and a style each."""

    figures: Sequence[tuple[str, object, str]]


@dataclass(frozen=True)
class Sections:
    """One record for machines; for people, its parts, each with a heading."""

    record: Record
    parts: Sequence[tuple[str, Listing | Detail | Tiles]]


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
