"""Descriptions of fields, operations and parameters where the code has none: fields.toml, operations.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
FIELDS = tomllib.loads((_HERE / "fields.toml").read_text(encoding="utf-8"))
OPERATIONS = tomllib.loads((_HERE / "operations.toml").read_text(encoding="utf-8"))


def describe_fields(schemas: Mapping[str, Any]) -> None:
    """In place. A field without a text in either file stays without one; a contract test reports it."""
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            text = FIELDS["schemas"].get(f"{name}.{field}", FIELDS["fields"].get(field))
            if text and "description" not in described:
                described["description"] = text


def describe_operation(operation: dict[str, Any]) -> None:
    """In place. Powertools repeats the summary if the docstring has one line only."""
    if operation.get("description", operation["summary"]) == operation["summary"]:
        operation["description"] = OPERATIONS["operations"].get(operation["operationId"], "")
    for parameter in operation.get("parameters", []):
        if not parameter.get("description"):
            parameter["description"] = OPERATIONS["parameters"].get(parameter["name"], "")
