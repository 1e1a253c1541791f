"""Seeded faults: replaces a text of the source, and the code of its functions in place."""

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

_PACKAGE = "certctl"


@dataclass(frozen=True)
class Mutant:
    """`module` is below our package; it contains `old` exactly once."""

    name: str
    module: str
    old: str
    new: str


@contextmanager
def alive(mutant: Mutant) -> Iterator[None]:
    """Inside the context, all code runs the mutant, regardless of imports."""
    module = importlib.import_module(f"{_PACKAGE}.{mutant.module}")
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    assert source.count(mutant.old) == 1, (
        f"{mutant.name}: its text stands there {source.count(mutant.old)} times"
    )
    changed = _codes(compile(source.replace(mutant.old, mutant.new), str(module.__file__), "exec"))
    functions = _functions(module)
    kept = {name: function.__code__ for name, function in functions.items()}
    try:
        for name, function in functions.items():
            function.__code__ = changed[name]
        yield
    finally:
        for name, function in functions.items():
            function.__code__ = kept[name]


def _codes(code: CodeType) -> dict[str, CodeType]:
    """The code by qualified name, without nested functions, which are part of their outer function."""
    found: dict[str, CodeType] = {}
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and "<locals>" not in constant.co_qualname:
            found |= {constant.co_qualname: constant} | _codes(constant)
    return found


def _functions(module: ModuleType) -> dict[str, FunctionType]:
    own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    members = [member for value in own if isinstance(value, type) for member in vars(value).values()]
    functions = (_function(value) for value in [*own, *members])
    return {
        f.__qualname__: f for f in functions if f is not None and f.__code__.co_filename == module.__file__
    }


def _function(value: Any) -> FunctionType | None:
    """Below whatever wraps it, such as the confinement of services."""
    inner = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    inner = inspect.unwrap(inner) if callable(inner) else inner
    return inner if isinstance(inner, FunctionType) else None
