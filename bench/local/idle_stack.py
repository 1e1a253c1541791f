"""The stack of `make run` with its demo fleet beside that of an earlier commit: a request that needs nothing,
and the memory of all processes when nobody has asked for a while.

Memory is proportional (PSS): a page that several processes share counts once. Linux only.
"""

import http.client
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.harness.base import BASE, HERE, base_tree
from bench.harness.rows import Row, Skipped, measured
from bench.harness.turns import Pair, beside
from tests.support.local.stack import LocalStack, started_of

_PROC = Path("/proc")
_REQUESTS = 40  # in each of five turns
# Longer than functions stay that nobody calls.
_IDLE_SECONDS = 240
_PEER = f"the stack of {BASE}"


def rows() -> Iterator[Row]:
    if not (_PROC / "self" / "smaps_rollup").exists():
        raise Skipped("the memory of processes is read from Linux's /proc")
    with ExitStack() as open_stacks, TemporaryDirectory() as folder:
        ours, base = (
            open_stacks.enter_context(started_of(tree, Path(folder) / name, DEMO="1"))
            for name, tree in (("ours", HERE), ("base", base_tree()))
        )
        yield from _health(ours, base)
        time.sleep(_IDLE_SECONDS)
        yield _memory(ours, base)


def _health(ours: LocalStack, base: LocalStack) -> Iterator[Row]:
    took: dict[str, list[list[float]]] = {"ours": [], "base": []}

    def turn(name: str, stack: LocalStack) -> Callable[[], float]:
        def act() -> float:
            took[name].append(_milliseconds(stack))
            return _share(took[name][-1], 0.5)

        return act

    yield replace(
        beside(turn("ours", ours), turn("base", base)).row("GET /health, p50", "ms", _PEER), at_most=0.5
    )
    # the first turn does not count
    slowest = (tuple(_share(each, 0.95) for each in took[name][1:]) for name in ("ours", "base"))
    yield Pair(*slowest).row("GET /health, p95", "ms", _PEER)


def _milliseconds(stack: LocalStack) -> list[float]:
    """Sorted, on one connection, as an agent or a probe has it."""
    connection = http.client.HTTPConnection(urlsplit(stack.url).netloc, timeout=30)
    found = sorted(_took(connection) for _ in range(_REQUESTS))
    connection.close()
    return found


def _took(connection: http.client.HTTPConnection) -> float:
    began = time.perf_counter()
    connection.request("GET", "/health")
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"/health answered {answer.status}")
    return (time.perf_counter() - began) * 1000


def _share(found: Sequence[float], share: float) -> float:
    return found[int(len(found) * share)]


def _memory(ours: LocalStack, base: LocalStack) -> Row:
    mine, other = (_processes(stack) for stack in (ours, base))
    pair = Pair((sum(mine),), (sum(other),))
    return replace(
        pair.row("idle: memory of all processes", "MB", _PEER),
        ours=measured([sum(mine)]),
        counts={"processes": len(mine)},
        peer_counts={"processes": len(other)},
        at_most=0.7,
        note="900 MB are the bound of ours.",
    )


def _processes(stack: LocalStack) -> list[float]:
    """The proportional memory of the runner and all that it started, in MB."""
    parents = dict(_parents())
    family = {stack.process.pid} if stack.process else set[int]()
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return [size for pid in sorted(family) if (size := _proportional(pid)) is not None]


def _parents() -> Iterator[tuple[int, int]]:
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            yield int(path.parent.name), int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue


def _proportional(pid: int) -> float | None:
    try:
        (kibibytes,) = re.findall(
            r"^Pss:\s+(\d+)", (_PROC / str(pid) / "smaps_rollup").read_text(), re.MULTILINE
        )
    except (OSError, ValueError):  # it has ended
        return None
    return int(kibibytes) / 1024
