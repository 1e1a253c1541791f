"""Processor time by the package whose code spent it: built-in functions count for who called them."""

import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

type Function = tuple[str, int, str]
"""File, line and name, as `pstats` has them."""
type _Callers = Mapping[Function, tuple[float, ...]]
_BUILT_IN = "~"


@dataclass(frozen=True)
class Profile:
    """Milliseconds of one act by package, and by function."""

    packages: Mapping[str, float]
    functions: Mapping[str, float]


def profiled(acts: list[Callable[[], object]]) -> Profile:
    """One act, as the mean of these. The profiler's own time is in it: shares tell more than sums."""
    profiler = cProfile.Profile(time.process_time)
    for act in acts:
        profiler.runcall(act)
    packages, functions = defaultdict[str, float](float), defaultdict[str, float](float)
    found = pstats.Stats(profiler).stats  # type: ignore[attr-defined]  # typeshed does not know it
    for function, (_, _, own, _, callers) in found.items():
        for spender, spent in _spent(function, own, callers).items():
            packages[package_of(spender[0])] += 1000 * spent / len(acts)
        functions[_name(function)] += 1000 * own / len(acts)
    return Profile(packages, functions)


def _spent(
    function: Function, own: float, callers: Mapping[Function, tuple[float, ...]]
) -> dict[Function, float]:
    if function[0] != _BUILT_IN or not callers:
        return {function: own}
    return {caller: figures[2] for caller, figures in callers.items()}


def package_of(file: str) -> str:
    """`certctl` for this product's layers and functions, `tests` for what stands in for AWS, `Python` for its
    own modules."""
    parts = PurePath(file).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    if "layers" in parts or "functions" in parts:
        return "certctl"
    return "tests" if "tests" in parts or "bench" in parts else "Python"


def _name(function: Function) -> str:
    """Without a line: `pynamodb.attributes: __get__`."""
    file, _, name = function
    if file == _BUILT_IN:
        return name.strip("<>").removeprefix("built-in ")
    package, module = package_of(file), PurePath(file).stem
    return f"{module}: {name}" if module == package else f"{package}.{module}: {name}"
