"""Runs in a bare interpreter beside one built function: imports it, makes all that its handlers use, and
prints what came in. It imports nothing of this repository but what the artefact carries."""

import json
import os
import sys
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR
written: list[str] = []


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook (PEP 578) sees every socket and file of this process, whoever opens it."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise AssertionError(f"the network was used: {event}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        written.append(str(arguments[0]))


sys.addaudithook(refuse_network)
sys.path[:0] = sys.argv[1:]
import app  # type: ignore[import-not-found]  # noqa: E402  # the built function's, once the path has it

imported = sorted(sys.modules)


def make_all() -> list[str]:
    """Calls each cached factory of a composition root that the function names; `bootstrap.issuance`."""
    import ast
    from pathlib import Path
    from types import ModuleType

    tree = ast.parse(Path(app.__file__).read_text(encoding="utf-8"))
    named = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    made = []
    for root, factory_name in sorted(tuple(name.rsplit(".", 1)) for name in named):
        module = getattr(app, root, None)
        factory = getattr(module, factory_name, None) if isinstance(module, ModuleType) else None
        if callable(factory) and _is_cached_without_arguments(factory):
            factory()
            made.append(f"{root}.{factory_name}")
    return made


def _is_cached_without_arguments(factory: Any) -> bool:
    import inspect

    return hasattr(factory, "cache_clear") and not inspect.signature(factory).parameters


def uncompiled() -> list[str]:
    """Modules of the layers whose bytecode does not lie beside them, good unchecked (PEP 552)."""
    layers = tuple(sys.argv[2:])
    found = []
    for module in list(sys.modules.values()):
        spec = getattr(module, "__spec__", None)
        origin, cached = getattr(spec, "origin", None) or "", getattr(spec, "cached", None)
        if origin.startswith(layers) and origin.endswith(".py") and not _has_bytecode(cached):
            found.append(origin)
    return sorted(found)


def _has_bytecode(path: str | None) -> bool:
    if path is None or not os.path.exists(path):  # noqa: PTH110  # pathlib would count as imported
        return False
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(8)[4] == 1


made = make_all()
answer = {
    "imported": imported,
    "made": made,
    "afterwards": sorted(sys.modules),
    "uncompiled": uncompiled(),
    "written": written,
}
sys.stdout.write(json.dumps(answer))
