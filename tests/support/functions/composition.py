"""Which modules a function can reach through the composition roots: what the factories that its `app.py`
names import, and what those that they name import in turn."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache

from tests.support.template import ROOT

_PACKAGE = ROOT / "layers" / "certctl" / "certctl"
FOLDERS = tuple(sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py")))
_ROOTS = (
    "bootstrap",
    "bootstrap_agents",
    "bootstrap_audit",
    "bootstrap_authority",
    "bootstrap_catalog",
    "bootstrap_certificates",
    "bootstrap_deliveries",
    "bootstrap_external",
    "bootstrap_insights",
    "bootstrap_jobs",
    "bootstrap_notifications",
    "bootstrap_recounts",
    "bootstrap_renewal",
    "bootstrap_routing",
)


@cache
def modules_in_reach(folder: str) -> frozenset[str]:
    """`certctl.` modules; those that other modules import at their top are in as well."""
    direct = set(_imports(_app(folder)))
    imported = (set(_imports(factory)) for factory in _factories_in_reach(folder))
    return frozenset(_with_their_imports(direct.union(*imported)))


def _factories_in_reach(folder: str) -> list[ast.FunctionDef]:
    tree = _app(folder)
    direct, names = set(_imports(tree)), _names(tree)
    return [f for root in _ROOTS if f"certctl.{root}" in direct for f in _with_callees(root, names)]


@cache
def classes_made(folder: str) -> frozenset[str]:
    """Those that the factories return which the function can reach."""
    return _returned(_factories_in_reach(folder))


@cache
def classes_named(folder: str) -> frozenset[str]:
    """Those that the factories return which `app.py` itself names."""
    tree = _app(folder)
    imported, names = set(_imports(tree)), _names(tree)
    made = [
        _factories(root)[name]
        for root in _ROOTS
        if f"certctl.{root}" in imported
        for name in names & _factories(root).keys()
    ]
    return _returned(made)


def _returned(factories: Iterable[ast.FunctionDef]) -> frozenset[str]:
    found = (factory.returns for factory in factories)
    return frozenset(str(each.value) for each in found if isinstance(each, ast.Constant))


@cache
def attributes_used(folder: str) -> frozenset[str]:
    """All names of attributes in `app.py`, and in the modules of the API that it is made of."""
    modules = [module for module in modules_in_reach(folder) if module.startswith("certctl.api.")]
    trees = [_app(folder), *(ast.parse(_text(module)) for module in modules)]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))


@cache
def _app(folder: str) -> ast.Module:
    return ast.parse((ROOT / "functions" / folder / "app.py").read_text(encoding="utf-8"))


def _with_callees(root: str, names: set[str]) -> list[ast.FunctionDef]:
    """The factories of one root among `names`, and all that they mention, in either root."""
    found: dict[str, ast.FunctionDef] = {}
    waiting = [(root, name) for name in names]
    while waiting:
        place, name = waiting.pop()
        factory = _factories(place).get(name)
        if factory is None or f"{place}.{name}" in found:
            continue
        found[f"{place}.{name}"] = factory
        waiting += [(other, mentioned) for mentioned in _names(factory) for other in _ROOTS]
    return list(found.values())


@cache
def _factories(root: str) -> dict[str, ast.FunctionDef]:
    path = _PACKAGE / f"{root}.py"
    body = ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else []
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def _with_their_imports(modules: set[str]) -> set[str]:
    """But for what the roots import: that is inside their factories."""
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in seen or module.removeprefix("certctl.") in _ROOTS:
            continue
        seen.add(module)
        waiting += _imports_of_module(module)
    return seen


@cache
def _imports_of_module(module: str) -> list[str]:
    return list(_imports(ast.parse(_text(module))))


def _text(module: str) -> str:
    """Empty for what is a name of a module, not a module."""
    base = _PACKAGE.parent / module.replace(".", "/")
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in _running(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("certctl"):
            yield str(node.module)
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("certctl"))


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only type checkers see."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING"):
            yield from _running(child)


def _names(tree: ast.AST) -> set[str]:
    """Plain names and attributes: factories are called as `issuance()` or `bootstrap.issuance()`."""
    plain = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return plain | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
