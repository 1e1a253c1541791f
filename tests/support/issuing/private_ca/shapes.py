"""Requests and responses of acm-pca by botocore's model: types, patterns, enums and lengths."""

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator


@cache
def _model() -> Any:
    return botocore.session.get_session().get_service_model("acm-pca")


def input_of(operation: str) -> Any:
    return _model().operation_model(operation).input_shape


def output_of(operation: str) -> Any:
    return _model().operation_model(operation).output_shape


def errors_of(operation: str) -> set[str]:
    return {shape.name for shape in _model().operation_model(operation).error_shapes}


def target_prefix() -> str:
    return str(_model().metadata["targetPrefix"])


def parsed(shape: Any, value: Any) -> Any:
    """A value of JSON 1.1 as botocore's callers know it."""
    match shape.type_name:
        case "structure":
            members = shape.members
            return {name: parsed(members[name], each) for name, each in value.items() if name in members}
        case "list":
            return [parsed(shape.member, each) for each in value]
        case "blob":
            return base64.b64decode(value, validate=True)
        case "timestamp":
            return datetime.fromtimestamp(value, UTC)
    return value


def serialized(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure":
            return {name: serialized(shape.members[name], each) for name, each in value.items()}
        case "list":
            return [serialized(shape.member, each) for each in value]
        case "blob":
            return base64.b64encode(value).decode()
        case "timestamp":
            return value.timestamp()
    return value


def problems(shape: Any, value: Any) -> list[str]:
    """What the model does not allow, which botocore itself checks in part only."""
    report = ParamValidator().validate(value, shape)
    found = [report.generate_report()] if report.has_errors() else []
    return [*found, *_problems(shape, value, shape.name)]


def _problems(shape: Any, value: Any, where: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        members = shape.members
        for name, each in value.items():
            if name not in members:
                yield f"{where} has no member {name}"
            else:
                yield from _problems(members[name], each, f"{where}.{name}")
    elif isinstance(value, str | bytes):
        yield from _text_problems(shape, value, where)


def _text_problems(shape: Any, value: str | bytes, where: str) -> Iterator[str]:
    rules = shape.metadata
    if not rules.get("min", 0) <= len(value) <= rules.get("max", len(value)):
        yield f"{where} has {len(value)} characters"
    if isinstance(value, str) and "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        yield f"{where} does not match {rules['pattern']}"
    if rules.get("enum") and value not in rules["enum"]:
        yield f"{where} is none of {rules['enum']}"
