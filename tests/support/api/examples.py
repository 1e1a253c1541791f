"""Examples in the OpenAPI document, made from its schemas, so that requests and responses need no copies."""

from collections.abc import Mapping
from typing import Any

from tests.support.api.samples import EARLIER, LEFT_OUT, SAMPLES

_PREFIX = "#/components/schemas/"
NO_SAMPLE = "(no sample)"
"""Raised if a sample is missing; a contract test reports it."""
_TIME = "date-time"
_NUMBERS = {"integer": 1, "number": 1.0}


class Examples:
    """Examples of schemas that refer to `schemas` by name."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def of(self, schema: Mapping[str, Any], field: str = "", model: str = "") -> Any:
        """A value that fits the schema; the sample of `model.field`, or of `field`, if there is one."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_PREFIX)
            return self._of_model(self._schemas[name], name, field, model)
        sample = _sample(model, field)
        if sample is not NO_SAMPLE and _takes(schema, sample):
            return sample
        if "anyOf" in schema:
            return self._of_alternatives(schema["anyOf"], field, model)
        return self._of_plain(schema, field, model)

    def _of_model(self, schema: Mapping[str, Any], name: str, field: str, model: str) -> Any:
        if "enum" in schema:
            sample = _sample(model, field)
            return sample if sample in schema["enum"] else schema["enum"][0]
        if "properties" not in schema:
            return self.of(schema, field, name)
        return {
            key: self.of(value, key, name)
            for key, value in schema["properties"].items()
            if f"{name}.{key}" not in LEFT_OUT
        }

    def _of_alternatives(self, schemas: list[Mapping[str, Any]], field: str, model: str) -> Any:
        """Null if that is allowed, unless a sample fits another one. A whole body is never null."""
        if field and {"type": "null"} in schemas:
            return self._of_nullable(schemas, field, model)
        return self.of(schemas[0], field, model)

    def _of_nullable(self, schemas: list[Mapping[str, Any]], field: str, model: str) -> Any:
        sample = _sample(model, field)
        fits = sample is not NO_SAMPLE and any(_takes(s, sample) for s in schemas)
        return sample if fits else None

    def _of_plain(self, schema: Mapping[str, Any], field: str, model: str) -> Any:
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if "default" in schema:
            return schema["default"]
        match schema.get("type"):
            case "array":
                return [self.of(schema["items"], field, model)] if "$ref" in schema["items"] else []
            case "object":
                return {
                    key: self.of(value, key, model) for key, value in schema.get("properties", {}).items()
                }
            case "boolean":
                return True
            case "string":
                return EARLIER if schema.get("format") == _TIME or field.endswith("_at") else NO_SAMPLE
            case kind:
                return max(_NUMBERS.get(str(kind), 1), schema.get("minimum", 1))


def _sample(model: str, field: str) -> Any:
    return SAMPLES.get(f"{model}.{field}", SAMPLES.get(field, NO_SAMPLE))


def _takes(schema: Mapping[str, Any], sample: Any) -> bool:
    """Only to distinguish samples: one name has several types."""
    if "enum" in schema:
        return sample in schema["enum"]
    match schema.get("type"):
        case "null":
            return sample is None
        case "string":
            return isinstance(sample, str)
        case "array":
            return isinstance(sample, list) and bool(sample)
        case "object":
            return isinstance(sample, dict)
        case "integer" | "number":
            return isinstance(sample, int | float) and not isinstance(sample, bool)
    return any(_takes(each, sample) for each in schema.get("anyOf", ()))
