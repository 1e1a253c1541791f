"""A view takes what is not computed from the attributes of its record. What `view_of` cannot tell mypy is
compared here: the attribute exists, and its type becomes the type of the view's key."""

import ast
import importlib.util
import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from certctl.api.records import attribute_name
from tests.support.template import ROOT

_LAYER = ROOT / "layers" / "certctl"


@dataclass(frozen=True)
class _Call:
    module: str
    function: str
    view: str
    record: str
    computed: frozenset[str]


def _calls_in(path: Path) -> Iterator[_Call]:
    module = ".".join(path.relative_to(_LAYER).with_suffix("").parts)
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "view_of":
                    view, record = (ast.unparse(argument) for argument in node.args)
                    computed = frozenset(keyword.arg or "" for keyword in node.keywords)
                    yield _Call(module, function.name, view, record, computed)


CALLS = [call for path in sorted((_LAYER / "certctl" / "api").rglob("*.py")) for call in _calls_in(path)]


@pytest.fixture(scope="module")
def modules() -> Iterator[Mapping[str, types.ModuleType]]:
    """The modules with views, with what they import for types alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typing, "TYPE_CHECKING", True)
        yield {call.module: _fresh(call.module) for call in CALLS}


def _fresh(name: str) -> types.ModuleType:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, name, module)  # where dataclasses look
        spec.loader.exec_module(module)
    return module


def _json(hint: Any) -> str:
    """The type in JSON of a value that a view takes over; `?` for one that it cannot take over."""
    if get_origin(hint) in (typing.NotRequired, typing.Annotated):
        return _json(get_args(hint)[0])
    if get_origin(hint) in (typing.Union, types.UnionType):
        return " | ".join(sorted({part for arg in get_args(hint) for part in _json(arg).split(" | ")}))
    if get_origin(hint) is Literal or (isinstance(hint, type) and issubclass(hint, StrEnum | datetime)):
        return "str"
    if get_origin(hint) in (list, tuple, Sequence):
        return f"list[{_json(get_args(hint)[0])}]"
    if get_origin(hint) in (dict, Mapping):
        return f"dict[{_json(get_args(hint)[1])}]"
    return {str: "str", int: "int", float: "float", bool: "bool", type(None): "null", Any: "any"}.get(
        hint, "?"
    )


def _attribute(record: Any, name: str) -> Any:
    """The annotation of a field or a property."""
    found = getattr(record, name, None)
    # what a record imports for types alone, too
    names = vars(_fresh(record.__module__)) if isinstance(record, type) else None
    if isinstance(found, property):
        return get_type_hints(found.fget, names)["return"]
    return get_type_hints(record, names)[name]


def _record(function: Any, path: str) -> Any:
    """The type of a parameter, or of what a path leads to from it, if it is there."""
    parameter, *names = path.split(".")
    found = _present(get_type_hints(function)[parameter])
    for name in names:
        found = _present(_attribute(found, name))
    return found


def _present(hint: Any) -> Any:
    options = [option for option in get_args(hint) if option is not type(None)]
    return options[0] if isinstance(hint, types.UnionType) else hint


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.function}-{call.view}")
def test_what_a_view_does_not_compute_its_record_has(
    call: _Call, modules: Mapping[str, types.ModuleType]
) -> None:
    module = modules[call.module]
    view, function = getattr(module, call.view), getattr(module, call.function)
    record = _record(function, call.record)
    shown = {name: hint for name, hint in get_type_hints(view).items() if name in view.__required_keys__}
    for name in shown.keys() - call.computed:
        taken = _json(_attribute(record, attribute_name(record, name)))
        assert "?" not in taken, f"{name} must be computed"
        assert set(taken.split(" | ")) <= set(_json(shown[name]).split(" | ")), name
    assert call.computed <= view.__annotations__.keys()


def test_the_types_of_json_are_told_apart() -> None:
    assert _json(tuple[datetime, ...] | None) == _json(list[str] | None) == "list[str] | null"
    assert _json(Mapping[str, int]) == "dict[int]"
    assert _json(_Call) == "?"
