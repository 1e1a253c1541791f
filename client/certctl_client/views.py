"""What commands hand over to be shown. Machines get the records, people what is chosen for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

type Record = Mapping[str, Any]
type Column = str | Callable[[Any], object]


@dataclass(frozen=True)
class Listing:
    """Records as the server gave them; `columns` maps a heading to the field that a person reads under it, or
    to what makes it. `fields` are a record's, for formats that need them before the first one."""

    records: Iterable[Record]
    columns: Mapping[str, Column]
    fields: Sequence[str] = ()


@dataclass(frozen=True)
class Detail:
    """One record. `text` is what a person reads instead of the fields, when that serves better."""

    record: Record
    text: str = ""


@dataclass(frozen=True)
class Tiles:
    """Figures side by side: what they count, how many, and a style."""

    figures: Sequence[tuple[str, object, str]]


@dataclass(frozen=True)
class Sections:
    """One record for machines; for people, its parts under their headings."""

    record: Record
    parts: Sequence[tuple[str, Listing | Detail | Tiles]]


type View = Listing | Detail | Sections


@dataclass
class FirstOf[R]:
    """The first `limit` records, all for None. `has_more` is known once they have been read."""

    source: Iterator[R]
    limit: int | None
    has_more: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[R]:
        yield from islice(self.source, self.limit)
        if self.limit is not None:
            self.has_more = next(self.source, None) is not None


def fields_of(record: type[Any]) -> Sequence[str]:
    """The names in a TypedDict, in order."""
    return tuple(record.__annotations__)
