"""Seeded faults: changes the syntax tree of one function, and the code of its module's functions in place.

A mutant names its place by the function and by words that stand there, so that neither a reformat nor a line
beside it breaks one.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Protocol

from tests.support.syntax import (
    all_places,
    delay,
    has_words,
    is_condition,
    is_removable,
    is_same,
    is_value,
    only_place,
    parsed,
    remove,
    replace,
)

_PACKAGE = "certctl"


class Change(Protocol):
    """Makes a function faulty. Raises AssertionError unless exactly one place of it is meant."""

    def apply(self, function: ast.AST) -> None: ...


@dataclass(frozen=True)
class Is:
    """The smallest condition with all of these words has this value, or else what is returned or assigned."""

    value: bool
    words: tuple[str, ...]

    def apply(self, function: ast.AST) -> None:
        places = list(all_places(function))
        conditions = [place for place in places if is_condition(place) and has_words(place, self.words)]
        among = conditions or [place for place in places if is_value(place)]
        replace(only_place(self.words, among), ast.Constant(self.value))


def never(*words: str) -> Change:
    """The condition with these words never holds."""
    return Is(False, words)


def always(*words: str) -> Change:
    """The condition with these words holds always."""
    return Is(True, words)


@dataclass(frozen=True)
class Without:
    """The smallest operand, element, argument or statement with all of these words is not there."""

    words: tuple[str, ...]

    def apply(self, function: ast.AST) -> None:
        remove(only_place(self.words, filter(is_removable, all_places(function))))


def lacking(*words: str) -> Change:
    """What these words name is left out."""
    return Without(words)


@dataclass(frozen=True)
class Instead:
    """The only expression or statement that reads so, however it is formatted, reads otherwise."""

    old: str
    new: str

    def apply(self, function: ast.AST) -> None:
        old, new = parsed(self.old, self.new)
        found = [place for place in all_places(function) if is_same(place.node, old)]
        assert len(found) == 1, f"{self.old}: {len(found)} places"
        replace(found[0], new)


def instead(old: str, new: str) -> Change:
    """The code `new` stands where `old` stood."""
    return Instead(old, new)


@dataclass(frozen=True)
class Delayed:
    """The statement with this word comes after the one that follows it."""

    word: str

    def apply(self, function: ast.AST) -> None:
        delay(
            only_place(
                [self.word], (each for each in all_places(function) if isinstance(each.node, ast.stmt))
            )
        )


def delayed(word: str) -> Change:
    """The statement with this word comes one later."""
    return Delayed(word)


@dataclass(frozen=True)
class Mutant:
    """`function` is a module below our package, a colon, and a qualified name."""

    name: str
    function: str
    change: Change


@contextmanager
def alive(mutant: Mutant) -> Iterator[None]:
    """Inside the context, all code runs the mutant, regardless of imports."""
    module = importlib.import_module(f"{_PACKAGE}.{mutant.function.partition(':')[0]}")
    changed = _codes(compile(mutated(mutant, module), str(module.__file__), "exec"))
    functions = _functions(module)
    kept = {name: function.__code__ for name, function in functions.items()}
    try:
        for name, function in functions.items():
            function.__code__ = changed[name]
        yield
    finally:
        for name, function in functions.items():
            function.__code__ = kept[name]


def mutated(mutant: Mutant, module: ModuleType) -> ast.Module:
    """The module's syntax tree with the fault."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    node: ast.AST = tree
    for name in mutant.function.partition(":")[2].split("."):
        (node,) = (child for child in ast.iter_child_nodes(node) if getattr(child, "name", None) == name)
    before = ast.dump(node)
    mutant.change.apply(node)
    assert ast.dump(node) != before, f"{mutant.name}: changes nothing"
    return ast.fix_missing_locations(tree)


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
