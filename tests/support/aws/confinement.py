"""Every use case under the permissions of the functions that run it, for any caller.

The functions follow from functions/*/app.py and the
composition roots. Tests themselves, with stores and clients, may do everything.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum
from functools import cache, wraps
from types import FunctionType, ModuleType
from typing import Any

from certctl import services
from tests.support.aws.least_privilege import Folders, Privileges, acting_folders, submit_in_context
from tests.support.functions.composition import (
    FOLDERS,
    attributes_used,
    classes_made,
    classes_named,
    modules_in_reach,
)


class _Watch:
    """Inert but while a test runs that is to be confined."""

    def __init__(self) -> None:
        self.privileges: Privileges | None = None


_WATCH = _Watch()


@contextmanager
def confined() -> Iterator[Privileges]:
    """At the end, fails if anything was refused, even if the code handled it."""
    before = ThreadPoolExecutor.submit
    # for all threads
    ThreadPoolExecutor.submit = submit_in_context  # type: ignore[assignment,method-assign]
    _WATCH.privileges = Privileges()
    try:
        yield _WATCH.privileges
    finally:
        refused, _WATCH.privileges = _WATCH.privileges.refused, None
        ThreadPoolExecutor.submit = before  # type: ignore[method-assign] # restored
    assert not refused, refused


def confine_use_cases() -> None:
    """Once in a process, before anything is imported from `functions`. Raises LookupError for a service that
    no function runs: it would go unchecked."""
    for kind in _services():
        for name, method in _public_methods(kind).items():
            setattr(kind, name, _confined(method, kind, folders_of(kind, name)))
    for folder in FOLDERS:
        app: Any = importlib.import_module(f"functions.{folder}.app")
        app.lambda_handler = _confined_handler(app.lambda_handler, folder)


def folders_of(kind: type, method: str) -> Folders:
    """The functions whose `app.py` uses the service and names such a method; otherwise those whose
    composition creates the service, or a part of it. Each of them needs the permissions of the method."""
    direct = [folder for folder in FOLDERS if kind.__name__ in classes_named(folder)]
    making = [folder for folder in FOLDERS if kind.__name__ in classes_made(folder)]
    reaching = [folder for folder in FOLDERS if kind.__module__ in modules_in_reach(folder)]
    calling = [folder for folder in direct if method in attributes_used(folder)]
    found = calling or direct or making or reaching
    if not found:
        raise LookupError(f"no function runs {kind.__module__}.{kind.__name__}.{method}")
    return frozenset(found)


_SHARED = (
    "certctl.unit_of_work.access.key_endings",
    "certctl.unit_of_work.certificates.archiving",
    "certctl.unit_of_work.issuing.starting",
    "certctl.unit_of_work.revoking",
    "certctl.unit_of_work.status.crl_publishing",
)
"""What services of two rooms run, with commits of its own."""


def _services() -> list[type]:
    """All classes of `certctl.services` that do something, and those that its rooms share."""
    found = pkgutil.walk_packages(services.__path__, f"{services.__name__}.")
    names = [*(module.name for module in found), *_SHARED]
    return [kind for name in names for kind in _classes(importlib.import_module(name))]


def _classes(module: ModuleType) -> list[type]:
    own = (value for value in vars(module).values() if inspect.isclass(value))
    return [kind for kind in own if kind.__module__ == module.__name__ and not issubclass(kind, _VALUES)]


_VALUES = (Enum, Exception)


def _public_methods(kind: type) -> Mapping[str, FunctionType]:
    return {
        name: member
        for name, member in vars(kind).items()
        if isinstance(member, FunctionType) and not name.startswith("_")
    }


def _confined[**P, R](method: Callable[P, R], kind: type, folders: Folders) -> Callable[P, R]:
    assert not inspect.isgeneratorfunction(method), f"{method.__qualname__} would run after its confinement"

    @wraps(method)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        privileges = _WATCH.privileges
        if privileges is None or _runs_inside(kind):
            return method(*arguments, **named)
        with privileges.acting_as(folders):
            return method(*arguments, **named)

    return run


def _runs_inside(kind: type) -> bool:
    """Whether the kind runs as part of a use case of functions that all can reach it, with their
    permissions."""
    acting = acting_folders()
    return bool(acting) and all(_reaches(folder, kind.__module__) for folder in acting)


@cache
def _reaches(folder: str, module: str) -> bool:
    return module in modules_in_reach(folder)


def _confined_handler(handler: Callable[..., Any], folder: str) -> Callable[..., Any]:
    @wraps(handler)
    def run(*arguments: Any, **named: Any) -> Any:
        privileges = _WATCH.privileges
        if privileges is None:
            return handler(*arguments, **named)
        with privileges.acting_as(frozenset({folder})):
            return handler(*arguments, **named)

    return run
