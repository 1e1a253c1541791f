"""The JSON Schemas of docs/events, as a consumer reads them: by the event's `detail-type`."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from tests.support.template import ROOT

DIRECTORY = ROOT / "docs" / "events"
_SHARED = "event.v1.schema.json"


def _is_utc_second(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value))


# jsonschema checks this format only with an additional package.
_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date-time")(_is_utc_second)


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIRECTORY / name).read_text(encoding="utf-8"))
    return found


def by_detail_type() -> dict[str, str]:
    """Detail type -> the name of its schema."""
    return {
        detail_type: path.name
        for path in DIRECTORY.glob("*.schema.json")
        for detail_type in [_detail_type_of(path)]
        if detail_type
    }


def _detail_type_of(path: Path) -> str:
    found: str = schema(path.name)["properties"].get("detail-type", {}).get("const", "")
    return found


def problems_of(event: Mapping[str, Any]) -> list[str]:
    return problems_by(by_detail_type()[event["detail-type"]], event)


def problems_by(name: str, document: Mapping[str, Any]) -> list[str]:
    shared: Resource[Any] = Resource.from_contents(schema(_SHARED))
    registry: Registry[Any] = Registry().with_resource(_SHARED, shared)
    validator = Draft202012Validator(schema(name), registry=registry, format_checker=_FORMATS)
    return [error.message for error in validator.iter_errors(document)]


def undeclared_in(event: Mapping[str, Any]) -> set[str]:
    """Fields of the event that no schema describes."""
    shared = schema(_SHARED)
    certificate = event["detail"]["certificate"] or {}
    return {
        *_beyond(event, shared),
        *_beyond(event["detail"], shared["$defs"]["alert"]),
        *_beyond(certificate, shared["$defs"]["certificate"]),
    }


def _beyond(document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[str]:
    yield from document.keys() - described["properties"].keys()
