"""The client's types, made from the OpenAPI document. `python -m tests.support.client.schema` writes them.

datamodel-code-generator makes them from a document that is reduced to types: a constraint such as a length
would become an alias, and a title a name that clashes with another. The document is cut before it is sorted
for docs/openapi.json: fields stay in the server's order, which is the order of columns in CSV."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.api.openapi import document
from tests.support.template import ROOT

SCHEMA = ROOT / "client" / "certctl_client" / "api" / "schema.py"
_HEADER = (
    '"""Bodies, queries and records of the API. Made from the OpenAPI document by `make client-types`."""'
)
_TYPED_DICT = """
if TYPE_CHECKING:
    from typing import TypedDict
else:
    from certctl_client.api.shapes import TypedDict
"""
_KEPT = ("$ref", "type", "enum", "const", "anyOf", "items", "properties", "required", "additionalProperties")
_OPTIONS = (
    "--input-file-type=openapi",
    "--output-model-type=typing.TypedDict",
    "--enum-field-as-literal=all",
    "--target-python-version=3.11",  # later ones declare aliases that Typer cannot read
    "--no-use-closed-typed-dict",
    "--disable-future-imports",  # strings for annotations would hide which fields are required
    "--use-schema-description",
    "--use-single-line-docstring",
    "--formatters=builtin",
    f"--custom-file-header={_HEADER}",
)

type Schema = dict[str, Any]


def rendered() -> str:
    with TemporaryDirectory() as directory:
        source, made = Path(directory, "openapi.json"), Path(directory, "schema.py")
        source.write_text(json.dumps(_types_of(document())))
        _run("datamodel-codegen", f"--input={source}", f"--output={made}", *_OPTIONS)
        return formatted(_light(made.read_text(encoding="utf-8")))


def _light(module: str) -> str:
    """The module with classes that are TypedDicts for type checkers alone."""
    return re.sub(
        r"^(from typing) import (.*), TypedDict$",
        rf"\1 import TYPE_CHECKING, \2\n{_TYPED_DICT}",
        module,
        count=1,
        flags=re.M,
    )


def formatted(module: str) -> str:
    with TemporaryDirectory() as directory:
        made = Path(directory, "module.py")
        made.write_text(module, encoding="utf-8")
        _run("ruff", "check", "--quiet", "--select", "I", "--fix", str(made))
        _run("ruff", "format", "--quiet", "--config", str(ROOT / "pyproject.toml"), str(made))
        return made.read_text(encoding="utf-8")


def _run(program: str, *arguments: str) -> None:
    subprocess.run([Path(sys.executable).with_name(program), *arguments], check=True)


def _types_of(document: Mapping[str, Any]) -> Schema:
    """A document of schemas only, with one more for each operation that takes a query."""
    schemas = {name: _described(schema) for name, schema in sorted(document["components"]["schemas"].items())}
    return {
        "openapi": document["openapi"],
        "info": document["info"],
        "paths": {},
        "components": {"schemas": schemas | dict(sorted(_queries(document["paths"])))},
    }


def _queries(paths: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    """A schema for each operation with a query. The client sends only parameters that have a value."""
    for operations in paths.values():
        for operation in operations.values():
            taken = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
            if taken:
                fields = {each["name"]: _without_null(_cut(each["schema"])) for each in taken}
                yield query_name(operation), {"type": "object", "properties": fields}


def query_name(operation: Mapping[str, Any]) -> str:
    """`list_certificates` -> `ListCertificatesQuery`."""
    return f"{operation['operationId'].title().replace('_', '')}Query"


def _described(schema: Schema) -> Schema:
    cut = _cut(schema)
    return cut | {"description": schema["description"]} if "description" in schema else cut


def _cut(schema: Schema) -> Schema:
    kept = {word: schema[word] for word in _KEPT if word in schema}
    if "anyOf" in kept:
        kept["anyOf"] = [_cut(choice) for choice in kept["anyOf"]]
    for word in ("items", "additionalProperties"):
        if isinstance(kept.get(word), dict):
            kept[word] = _cut(kept[word])
    if "properties" in kept:
        kept["properties"] = {name: _cut(field) for name, field in kept["properties"].items()}
    return kept


def _without_null(schema: Schema) -> Schema:
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice != {"type": "null"}]
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


if __name__ == "__main__":
    SCHEMA.write_text(rendered(), encoding="utf-8")
