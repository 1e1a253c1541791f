"""The modules that a function can reach, and the parts that its composition creates, from the import graph of
the import contracts."""

import ast
import inspect
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import import_module
from typing import Any

import grimp

from tests.support.template import ROOT

FOLDERS = tuple(sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py")))
_COMPOSE = "certctl.compose."
_ROOMS = f"{_COMPOSE}rooms."


@cache
def graph() -> grimp.ImportGraph:
    """The imports of all that runs: without those that only type checkers see."""
    return grimp.build_graph("certctl", "functions", exclude_type_checking_imports=True, cache_dir=None)


@cache
def modules_in_reach(folder: str) -> frozenset[str]:
    """`certctl.` modules that the function imports, at its start or later, and those that they import."""
    found = graph().find_upstream_modules(f"functions.{folder}.app")
    return frozenset(module for module in found if module.startswith("certctl."))


@cache
def classes_made(folder: str) -> frozenset[str]:
    """The classes that the factories return which the function can reach."""
    modules = [module for module in modules_in_reach(folder) if module.startswith(_COMPOSE)]
    made = (member for module in modules for member in vars(import_module(module)).values())
    return _returned(kind for kind in made if inspect.isclass(kind) and kind.__module__ in modules)


@cache
def classes_named(folder: str) -> frozenset[str]:
    """The classes that the function's own composition hands to its `app.py`, itself or by a room."""
    return _returned(_compositions(folder))


def _compositions(folder: str) -> list[type]:
    """The function's own, and the rooms that it hands out as they are."""
    services = import_module(f"functions.{folder}.app").services
    rooms = [type(room) for name, room in vars(services).items() if not name.startswith("_")]
    return [type(services), *(kind for kind in rooms if kind.__module__.startswith(_ROOMS))]


def _returned(kinds: Iterable[type]) -> frozenset[str]:
    """The types that the public factories of these classes return."""
    members = (m for kind in kinds for name, m in vars(kind).items() if not name.startswith("_"))
    factories = (factory for member in members if (factory := _factory(member)))
    return frozenset(str(f.__annotations__["return"]) for f in factories if "return" in f.__annotations__)


def _factory(member: Any) -> Any:
    if isinstance(member, cached_property):
        return member.func
    return member.fget if isinstance(member, property) else None


@cache
def attributes_used(folder: str) -> frozenset[str]:
    """All names of attributes in `app.py`, in its composition, which hands methods of a service to others,
    and in the modules of the API that it is made of."""
    own = [f"functions.{folder}.app", *(kind.__module__ for kind in _compositions(folder))]
    routes = [module for module in modules_in_reach(folder) if module.startswith("certctl.api.")]
    sources = (inspect.getsource(import_module(name)) for name in [*own, *routes])
    nodes = (node for source in sources for node in ast.walk(ast.parse(source)))
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))
