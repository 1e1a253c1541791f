"""PynamoDB attributes for the domain's types."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import Attribute
from pynamodb.constants import LIST, MAP, NUMBER, STRING

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.times import from_millis, from_wire, to_millis, to_wire

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class WireTime(Attribute[datetime]):
    """A UTC time to the second, as text that sorts."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return to_wire(value)

    def deserialize(self, value: str) -> datetime:
        return from_wire(value)


class Millis(Attribute[datetime]):
    """A UTC time as Unix milliseconds, for due indexes and leases."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(to_millis(value))

    def deserialize(self, value: str) -> datetime:
        return from_millis(int(value))


class Texts(Attribute[tuple[str, ...]]):
    attr_type = LIST

    def serialize(self, value: tuple[str, ...]) -> list[dict[str, str]]:
        return [{STRING: text} for text in value]

    def deserialize(self, value: list[dict[str, str]]) -> tuple[str, ...]:
        return tuple(text[STRING] for text in value)


class Ids(Attribute[tuple[str, ...]]):
    """Ids in one text with spaces between, which a condition can compare."""

    attr_type = STRING

    def serialize(self, value: tuple[str, ...]) -> str:
        return " ".join(value)

    def deserialize(self, value: str) -> tuple[str, ...]:
        return tuple(value.split())


class TextMap(Attribute[Mapping[str, str]]):
    attr_type = MAP

    def serialize(self, value: Mapping[str, str]) -> dict[str, dict[str, str]]:
        return {name: {STRING: text} for name, text in value.items()}

    def deserialize(self, value: dict[str, dict[str, str]]) -> Mapping[str, str]:
        return {name: text[STRING] for name, text in value.items()}


class FilledTextMap(TextMap):
    """Absent if it is empty, as in rows of releases that did not have it."""

    def serialize(self, value: Mapping[str, str]) -> Any:
        return super().serialize(value) or None


class TextRecord[R: "DataclassInstance"](Attribute[R]):
    """A record whose fields are texts, as a map."""

    attr_type = MAP

    def __init__(self, record: type[R], **options: Any) -> None:
        super().__init__(**options)
        self._record = record

    def serialize(self, value: R) -> dict[str, dict[str, str]]:
        return {name: {STRING: text} for name, text in asdict(value).items()}

    def deserialize(self, value: dict[str, dict[str, str]]) -> R:
        """Leaves out what only a newer release knows."""
        known = {each.name for each in fields(self._record)}
        return self._record(**{name: text[STRING] for name, text in value.items() if name in known})


class Enumerated[E: StrEnum](Attribute[E]):
    """A member of a StrEnum, stored by its wire name."""

    attr_type = STRING

    def __init__(self, members: type[E], **options: Any) -> None:
        super().__init__(**options)
        self._members = members

    def serialize(self, value: E) -> str:
        return value.value

    def deserialize(self, value: str) -> E:
        return self._members(value)


class EnumName(Attribute[str]):
    """A member of a StrEnum by its wire name, or a name that only a newer release knows, as it is."""

    attr_type = STRING

    def __init__(self, members: type[StrEnum], **options: Any) -> None:
        super().__init__(**options)
        self._members = members

    def serialize(self, value: str) -> str:
        return str(value)

    def deserialize(self, value: str) -> str:
        return self._members(value) if value in self._members else value


class GrantsText(Attribute[tuple[Grant, ...]]):
    """JSON that is written and read as a whole: `[["operator", ["t-web"]], ...]`."""

    attr_type = STRING

    def serialize(self, value: tuple[Grant, ...]) -> str:
        return json.dumps([[grant.role.value, list(grant.teams)] for grant in value], separators=(",", ":"))

    def deserialize(self, value: str) -> tuple[Grant, ...]:
        return tuple(Grant(Role(role), tuple(teams)) for role, teams in json.loads(value))
