"""Descriptions of fields, operations and parameters where the code has none: those of described fields,
fields.toml and operations.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.record_fields.kinds import KINDS

_HERE = Path(__file__).parent
FIELDS = tomllib.loads((_HERE / "fields.toml").read_text(encoding="utf-8"))
_DESCRIBED = {each.name: each.words for kind in KINDS for each in kind.read_fields()}
PLACEHOLDERS = {name: words["placeholder"] for name, words in _DESCRIBED.items() if "placeholder" in words}
OPERATIONS = tomllib.loads((_HERE / "operations.toml").read_text(encoding="utf-8"))


def describe_fields(schemas: Mapping[str, Any]) -> None:
    """In place. A field without a text in either file stays without one; a contract test reports it."""
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            text = FIELDS["schemas"].get(f"{name}.{field}", FIELDS["fields"].get(field, _about(field)))
            if text and "description" not in described:
                described["description"] = text


def describe_operation(operation: dict[str, Any]) -> None:
    """In place. Powertools repeats the summary if the docstring has one line only."""
    if operation.get("description", operation["summary"]) == operation["summary"]:
        operation["description"] = OPERATIONS["operations"].get(operation["operationId"], "")
    for parameter in operation.get("parameters", []):
        if not parameter.get("description"):
            parameter["description"] = _parameter(parameter["name"])


def _about(field: str) -> str:
    return str(_DESCRIBED.get(field, {}).get("about", ""))


def _parameter(name: str) -> str:
    """Without words of its own, a parameter with the name of a field filters by it."""
    filters = f"Only those with this {_DESCRIBED[name]['label'].lower()}." if name in _DESCRIBED else ""
    return str(OPERATIONS["parameters"].get(name, filters))
