"""What holds of a stack at rest. Each invariant is a function of the world that yields what breaks it; its
docstring says what holds, what it reads, and what breaks it."""

from collections.abc import Callable, Iterator
from inspect import getmembers, isfunction
from types import ModuleType

from tests.soak.invariants import accepted, alerts, entries, figures, issued, status, trail, work
from tests.soak.world.world import World

type Invariant = Callable[[World], Iterator[str]]

_MODULES = (accepted, issued, alerts, work, figures, status, trail, entries)


def _public(module: ModuleType) -> Iterator[Invariant]:
    """Functions of one world that the module itself defines, in the order of its lines."""
    found = [each for name, each in getmembers(module, isfunction) if not name.startswith("_")]
    own = [each for each in found if each.__module__ == module.__name__ and "world" in each.__annotations__]
    yield from sorted(own, key=lambda each: each.__code__.co_firstlineno)


INVARIANTS: tuple[Invariant, ...] = tuple(each for module in _MODULES for each in _public(module))


def broken(world: World) -> Iterator[str]:
    """All findings, by invariant. One that cannot read the world is a finding itself."""
    for invariant in INVARIANTS:
        try:
            for finding in invariant(world):
                yield f"{invariant.__name__}: {finding}"
        except Exception as error:
            yield f"{invariant.__name__}: cannot be checked: {error!r}"
