"""Use cases hold objects: from a call, "go to definition" leads to what is called.

A service is a dataclass of its collaborators (ADR 51), a clock among them. A dataclass that has functions and
no method is a record of functions."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.template import ROOT

_LAYERS = ROOT / "layers/certctl/certctl"


def _records_of_functions(source: str) -> Iterator[str]:
    """`Class.field` of each function in a dataclass without methods."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and _is_record(node):
            fields = (part for part in node.body if isinstance(part, ast.AnnAssign))
            yield from (f"{node.name}.{ast.unparse(f.target)}" for f in fields if _is_function(f))


def _is_record(node: ast.ClassDef) -> bool:
    is_dataclass = any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
    return is_dataclass and not any(isinstance(part, ast.FunctionDef) for part in node.body)


def _is_function(field: ast.AnnAssign) -> bool:
    return "Callable[" in ast.unparse(field.annotation)


@pytest.mark.parametrize("layer", ["services", "unit_of_work", "store"])
def test_no_record_of_functions_stands_between_use_cases(layer: str) -> None:
    modules = sorted((_LAYERS / layer).rglob("*.py"))
    assert modules
    found = {
        str(module.relative_to(_LAYERS)): list(_records_of_functions(module.read_text("utf-8")))
        for module in modules
    }
    assert {name: fields for name, fields in found.items() if fields} == {}


def test_a_record_of_functions_is_found() -> None:
    ports = "@dataclass(frozen=True)\nclass World:\n    send: Callable[[str], None]\n    name: str\n"
    assert list(_records_of_functions(ports)) == ["World.send"]
    service = f"{ports}    def greet(self) -> None:\n        self.send(self.name)\n"
    assert list(_records_of_functions(service)) == []
