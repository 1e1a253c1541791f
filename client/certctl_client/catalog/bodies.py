"""Bodies of requests that create or change a record: a file, or the record as read, with options applied."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certctl_client.api.catalog_operations import CatalogOperations
from certctl_client.catalog.fields import Field
from certctl_client.catalog.kind import Kind
from certctl_client.errors import ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.output import fields_of
from certctl_client.plain_text import one_line

STANDARD_INPUT = Path("-")
_LIMIT = 1024 * 1024

type Body = dict[str, Any]


def new_body(kind: Kind, file: Path | None, typed: Mapping[str, Any]) -> Body:
    """The body of a new record. The file may be a record as read. Raises ConfigurationError."""
    kept = _writable(kind.operations, read_record(file)) if file else {}
    kept.pop("version", None)
    body = _with_options(kind, kept, typed)
    if missing := sorted(kind.operations.body.__required_keys__ - body.keys()):
        flags = " and ".join(_flag(kind, name) for name in missing)
        raise ConfigurationError(f"{', '.join(missing)} must be given.", f"Give {flags}, or --from-file.")
    return body


def edited_body(
    kind: Kind, before: Mapping[str, Any], file: Path | None, typed: Mapping[str, Any]
) -> tuple[Body, int]:
    """The whole changed record, and the version it is based on: the file's if it has one. Raises
    ConfigurationError."""
    source = read_record(file) if file else before
    body = _with_options(kind, _writable(kind.operations, source), typed)
    version = body.pop("version", before["version"])
    if not isinstance(version, int):
        raise ConfigurationError("`version` must be a number.", "Leave it out, or keep it as it was read.")
    return body, version


def read_record(file: Path) -> Body:
    """Reads one record from JSON or YAML. Raises ConfigurationError."""
    import yaml  # slow to load, and most commands read no file

    try:
        record = yaml.safe_load(_text(file))
        json.dumps(record)  # YAML has dates and more
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file} is neither JSON nor YAML: {_where(error)}") from None
    if not isinstance(record, dict):
        raise ConfigurationError(
            f"{file} does not hold a record.", "Write `name: value` lines, or a JSON object."
        )
    return record


def _where(error: Exception) -> str:
    """`line 3, column 5: mapping values are not allowed here`."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is None or not problem:
        return one_line(str(error), 200)
    return f"line {mark.line + 1}, column {mark.column + 1}: {one_line(problem, 200)}"


def _text(file: Path) -> str:
    content = sys.stdin.buffer.read(_LIMIT + 1) if file == STANDARD_INPUT else read_bounded(file, _LIMIT)
    if len(content) > _LIMIT:
        raise ConfigurationError(f"Standard input has more than {_LIMIT} bytes.")
    return content.decode()


def _writable(operations: CatalogOperations, record: Mapping[str, Any]) -> Body:
    """Drops the fields that only responses have. Unknown fields stay, so that the server refuses them."""
    read_only = set(fields_of(operations.record)) - set(fields_of(operations.body))
    return {name: value for name, value in record.items() if name not in read_only}


def _with_options(kind: Kind, body: Body, typed: Mapping[str, Any]) -> Body:
    fields, made = {field.name: field for field in kind.fields}, {**body}
    for name, value in typed.items():
        field = fields.get(name) or Field(name, "")
        made[field.record_field] = field.sent(value, made.get(field.record_field))
    return made


def _flag(kind: Kind, name: str) -> str:
    return next(field.option for field in kind.fields if field.name == name)
