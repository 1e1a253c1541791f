"""The described fields of the kinds of records, as the generated modules need them."""

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin

from certctl.domain.record_fields import described_fields, wire_name

_TYPES: Mapping[Any, str] = {str: "text", int: "number", bool: "switch", datetime: "time"}


@dataclass(frozen=True)
class RecordKind:
    """A kind of record. `computed` are what the API shows and no row has; `first` the names of fields in the
    order in which people read them, the others follow."""

    name: str
    plural: str
    record: type
    computed: Mapping[str, Mapping[str, Any]]
    first: Sequence[str]

    def fields(self) -> list["DescribedField"]:
        stored = [DescribedField.of(each) for each in described_fields(self.record)]
        computed = [DescribedField(name, "choice", words) for name, words in self.computed.items()]
        places = {name: place for place, name in enumerate(self.first)}
        return sorted([*stored, *computed], key=lambda each: places.get(each.name, len(places)))


@dataclass(frozen=True)
class DescribedField:
    """A field by its name in the API, with the words of its description."""

    name: str
    type: str
    words: Mapping[str, Any]

    @classmethod
    def of(cls, field: Field[Any]) -> "DescribedField":
        return cls(wire_name(field), _type_of(field), field.metadata)

    @property
    def flag(self) -> str:
        """The option of the field; that of `team_id` is `--team`."""
        name = self.name.removesuffix("_id").removesuffix("_ids").replace("_", "-")
        return str(self.words.get("flag", f"--{name}"))

    def has(self, *uses: str) -> bool:
        """Whether it has one of these uses."""
        return not set(uses).isdisjoint(self.words["uses"])


def _type_of(field: Field[Any]) -> str:
    """From the annotation: `str | None` is a text."""
    kind: Any = get_args(field.type)[0] if isinstance(field.type, UnionType) else field.type
    if "refers_to" in field.metadata:
        return "ids" if get_origin(kind) is tuple else "id"
    if get_origin(kind) is not None:
        return "texts" if get_origin(kind) is tuple else "pairs"
    return "choice" if issubclass(kind, StrEnum) else _TYPES[kind]
