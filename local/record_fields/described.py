"""The described fields of the kinds of records, as the generated lines need them."""

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, is_dataclass
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin

from certctl.domain.record_fields import described_fields, wire_name

_TYPES: Mapping[Any, str] = {str: "text", int: "number", bool: "switch", datetime: "time"}
_PYTHON = {
    "texts": "tuple[str, ...]",
    "ids": "tuple[str, ...]",
    "pairs": "Mapping[str, str]",
    "number": "int",
}
_SHOWN = {"texts": "list[str]", "ids": "list[str]", "pairs": "dict[str, str]", "number": "int"}
_AS_PAIRS = "record"
"""The type of a field that is a record itself: the API has a view of it, and people see names and values."""
_EMPTY = {"texts": "()", "ids": "()", "pairs": "field(default_factory=dict)"}
_EMPTY_BODY = {"texts": "[]", "ids": "[]", "pairs": "{}"}
_USES: Mapping[str, Sequence[Sequence[str]]] = {
    "new": (["required"], ["create"]),
    "edit": (["edit"],),
    "filter": (["filter", "rare filter"],),
    "selection": (["selects"], ["narrows"]),
}
"""The uses of fields for what is written, in this order."""


@dataclass(frozen=True)
class DescribedField:
    """A field: its name in the API and in the dataclass, its words, and its type in a body that sets it.
    `choice` is the name of its enum."""

    name: str
    attribute: str
    type: str
    words: Mapping[str, Any]
    body: str = ""
    choice: str = "str"
    is_nullable: bool = False

    @property
    def drawn_as(self) -> str:
        """The type of its values where people see them."""
        return "pairs" if self.type == _AS_PAIRS else self.type

    def has(self, *uses: str) -> bool:
        """Whether it has one of these uses."""
        return not set(uses).isdisjoint(self.words["uses"])

    @property
    def flag(self) -> str:
        """The option of the field; that of `team_id` is `--team`."""
        name = self.name.removesuffix("_id").removesuffix("_ids").replace("_", "-")
        return str(self.words.get("flag", f"--{name}"))

    @property
    def has_default(self) -> bool:
        """Whether a new record gets a value that is not empty if none is given."""
        return not self.words.keys().isdisjoint({"fallback", "default"})

    @property
    def python(self) -> str:
        return _PYTHON.get(self.type, self.choice)

    @property
    def shown(self) -> str:
        """The type in the JSON of the API."""
        shown = f"{self.choice}View" if self.type == _AS_PAIRS else _SHOWN.get(self.type, self.choice)
        return f"{shown} | None" if self.is_nullable else shown

    @property
    def new(self) -> str:
        return self._with_default(self.python, _EMPTY)

    @property
    def new_body(self) -> str:
        return self._with_default(self.body, _EMPTY_BODY)

    def _with_default(self, kind: str, empty: Mapping[str, str]) -> str:
        if self.has("required"):
            return kind
        return f"{kind} | None = None" if self.has_default else f"{kind} = {empty.get(self.type, '""')}"

    @property
    def sought(self) -> str:
        """The type in a body that selects by the field."""
        is_text = self.type == "text"
        return (
            f"Annotated[str, Field(min_length=1, max_length={self.words['max_length']})]"
            if is_text
            else self.body
        )


@dataclass(frozen=True)
class RecordKind:
    """A kind of record. `computed` are what the API shows and no row has. `read` and `answer` are the names
    of fields in the order in which people read them, and in which the API has them; others follow. `bodies`
    are the types of fields in bodies whose bounds the words do not say."""

    name: str
    plural: str
    record: type
    computed: Sequence[DescribedField]
    read: Sequence[str]
    answer: Sequence[str]
    bodies: Mapping[str, str]

    def read_fields(self) -> list[DescribedField]:
        return self._ordered(self.read)

    def fields_of(self, what: str) -> list[DescribedField]:
        """The fields of a view, or those with a use."""
        fields = self._ordered(self.answer)
        if what == "view":
            return fields
        return [each for uses in _USES[what] for each in fields if each.attribute and each.has(*uses)]

    def _ordered(self, names: Sequence[str]) -> list[DescribedField]:
        fields = [*(self._described(each) for each in described_fields(self.record)), *self.computed]
        places = {name: place for place, name in enumerate(names)}
        return sorted(fields, key=lambda each: places.get(each.name, len(places)))

    def _described(self, field: Field[Any]) -> DescribedField:
        """From the annotation: `str | None` is a text."""
        name, is_nullable = wire_name(field), isinstance(field.type, UnionType)
        kind: Any = get_args(field.type)[0] if is_nullable else field.type
        type_ = _type_of(kind, "refers_to" in field.metadata)
        body = self.bodies.get(name) or _body_of(type_, field.metadata)
        choice = kind.__name__ if type_ in ("choice", _AS_PAIRS) else "str"
        return DescribedField(name, field.name, type_, field.metadata, body, choice, is_nullable)


def _type_of(kind: Any, refers: bool) -> str:
    if get_origin(kind) is tuple:
        return "ids" if refers else "texts"
    if get_origin(kind) is not None:
        return "pairs"
    if refers:
        return "id"
    if is_dataclass(kind):
        return _AS_PAIRS
    return "choice" if issubclass(kind, StrEnum) else _TYPES[kind]


def _body_of(type_: str, words: Mapping[str, Any]) -> str:
    match type_:
        case "id":
            return "RecordId"
        case "ids":
            return f"Annotated[list[RecordId], Field(max_length={words['max_items']}), EACH_ONCE]"
    return f"Annotated[str, Field(max_length={words.get('max_length')}, pattern=PLAIN_TEXT), VISIBLE]"
