"""The functions of the stack that answer HTTP, found by their folders: a new one needs no entry here."""

from functools import cache
from importlib import import_module
from types import ModuleType

from certctl.api.resolver import Api, Route
from tests.support.template import ROOT


@cache
def api_modules() -> dict[str, ModuleType]:
    """Folder name -> `app.py`, for every function that has routes."""
    folders = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    modules = {folder: import_module(f"functions.{folder}.app") for folder in folders}
    return {folder: module for folder, module in modules.items() if isinstance(_api(module), Api)}


def all_routes() -> list[tuple[str, Route]]:
    """(folder, route) of the whole stack."""
    return [(folder, route) for folder, module in api_modules().items() for route in module.api.routes]


def _api(module: ModuleType) -> object:
    return getattr(module, "api", None)
