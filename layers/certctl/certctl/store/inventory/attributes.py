"""PynamoDB attributes of this room."""

import json
from collections.abc import Callable, Mapping
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import MAP, NUMBER, STRING

from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import Showing, SightedLeaf
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import Affected
from certctl.domain.inventory.endpoints.probes import Offer
from certctl.domain.inventory.observed import ObservedFacts
from certctl.domain.notifications.statuses import Severity
from certctl.domain.times import from_wire, to_wire

_FIRST_FIELDS = 14
_TIMES = frozenset({"not_before", "not_after"})
_TRUTHS = frozenset({"is_ca", "is_self_signed", "has_wildcard"})


class FactsArray(Attribute[ObservedFacts]):
    """A JSON array in the order of the fields, so that a row has 1 KB: new fields stand at the end, and are
    left out if they are empty."""

    attr_type = STRING

    def serialize(self, value: ObservedFacts) -> str:
        parts = [_stored(part) for part in astuple(value)]
        while len(parts) > _FIRST_FIELDS and not parts[-1]:
            parts.pop()
        return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)

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


class JsonArrays[R](Attribute[tuple[R, ...]]):
    """Records as JSON arrays in the order of their fields: new fields stand at the end."""

    attr_type = STRING

    def __init__(self, record: type[R], **options: Any) -> None:
        super().__init__(**options)
        self._record = record

    def serialize(self, value: tuple[R, ...]) -> str:
        rows = [[_plain(part) for part in _parts(each)] for each in value]
        return json.dumps(rows, separators=(",", ":"), ensure_ascii=False)

    def deserialize(self, value: str) -> tuple[R, ...]:
        read = _READERS[self._record]
        names = [each.name for each in fields(self._record)]  # type: ignore[arg-type]
        rows = (dict(zip(names, row, strict=False)) for row in json.loads(value))
        return tuple(
            self._record(**{name: read.get(name, _same)(part) for name, part in row.items()}) for row in rows
        )


def _parts(record: Any) -> list[Any]:
    return [getattr(record, each.name) for each in fields(record)]


def _plain(part: Any) -> Any:
    if isinstance(part, datetime):
        return to_wire(part)
    return [_plain(each) for each in part] if isinstance(part, tuple) else part


def _same(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) else part


def _time(part: str | None) -> datetime | None:
    return None if part is None else from_wire(part)


def _times(parts: list[str]) -> tuple[datetime, ...]:
    return tuple(map(from_wire, parts))


def _offers(parts: list[str]) -> tuple[Offer, ...]:
    return tuple(map(Offer, parts))


_READERS: Mapping[type, Mapping[str, Callable[[Any], Any]]] = {
    Damped: {
        "finding": Finding,
        "bad_since": _time,
        "good_since": _time,
        "opened_at": _time,
        "closed_at": _time,
        "severity": Severity,
        "offers": _offers,
        "changes": _times,
        "silent_until": _time,
    },
    Showing: {},
    SightedLeaf: {},
    Affected: {"severity": Severity},
}


def _stored(part: Any) -> Any:
    if isinstance(part, datetime):
        return to_wire(part)
    return int(part) if isinstance(part, bool) else part


def _read(name: str, part: Any) -> Any:
    if name in _TIMES:
        return from_wire(part)
    return bool(part) if name in _TRUTHS else part
