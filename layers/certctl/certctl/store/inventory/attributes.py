"""PynamoDB attributes of this room."""

import json
from collections.abc import Mapping
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import MAP, NUMBER, STRING

from certctl.domain.inventory.observed import ObservedFacts
from certctl.domain.times import from_wire, to_wire

_TIMES = frozenset({"not_before", "not_after"})
_TRUTHS = frozenset({"is_ca", "is_self_signed", "has_wildcard"})


class FactsArray(Attribute[ObservedFacts]):
    """A JSON array in the order of the fields, so that a row has 1 KB: new fields stand at the end."""

    attr_type = STRING

    def serialize(self, value: ObservedFacts) -> str:
        return json.dumps(
            [_stored(part) for part in astuple(value)], separators=(",", ":"), ensure_ascii=False
        )

    def deserialize(self, value: str) -> ObservedFacts:
        names = [each.name for each in fields(ObservedFacts)]
        parts = dict(zip(names, json.loads(value), strict=False))
        return ObservedFacts(**{name: _read(name, part) for name, part in parts.items()})


class CountMap(Attribute[Mapping[str, int]]):
    attr_type = MAP

    def serialize(self, value: Mapping[str, int]) -> dict[str, dict[str, str]]:
        return {name: {NUMBER: str(count)} for name, count in value.items()}

    def deserialize(self, value: dict[str, dict[str, str]]) -> Mapping[str, int]:
        return {name: int(count[NUMBER]) for name, count in value.items()}


def _stored(part: Any) -> Any:
    if isinstance(part, datetime):
        return to_wire(part)
    return int(part) if isinstance(part, bool) else part


def _read(name: str, part: Any) -> Any:
    if name in _TIMES:
        return from_wire(part)
    return bool(part) if name in _TRUTHS else part
