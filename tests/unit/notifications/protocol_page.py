"""The tables of docs/protocol.md, from the model itself.

`make model` explores it in Python, then by spin if that is installed, and shows both; with WRITE=1 it writes
the tables into the page.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from tests.unit.notifications import promela
from tests.unit.notifications.exploring import explore
from tests.unit.notifications.protocol_model import Model
from tests.unit.notifications.protocol_states import Broken, Faults, Rules

PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"
MIXTURES = (
    Faults(),
    Faults(crashes=1),
    Faults(requeues=1),
    Faults(stalls=1),
    Faults(duplicates=1),
    Faults(stalls=1, duplicates=1),
    Faults(outages=2),
)
"""In which the mutants are looked for, in this order."""
WITHOUT_STALLS = Faults(crashes=1, requeues=1, duplicates=1)
OUTAGES = Faults(crashes=1, requeues=1, outages=2)
WITHOUT_DUPLICATES = Faults(crashes=1, stalls=1, requeues=1, throttles=1)
EXPLORED = (*MIXTURES, WITHOUT_STALLS, OUTAGES)
RULES = tuple(field.name for field in fields(Rules))


@dataclass(frozen=True)
class Mutant:
    """A rule that is removed, the first mixture in which that breaks something, and the invariant."""

    rule: str
    faults: Faults
    broken: str


@cache
def mutants() -> tuple[Mutant, ...]:
    return tuple(_mutant(rule) for rule in RULES)


def _mutant(rule: str) -> Mutant:
    model = Model(Rules(**{rule: False}))
    for faults in MIXTURES:
        try:
            explore(model, faults)
        except Broken as broken:
            return Mutant(rule, faults, str(broken))
    raise AssertionError(f"nothing breaks without {rule}")


@cache
def states(faults: Faults) -> int:
    return len(explore(Model(), faults).numbers)


def words(faults: Faults) -> str:
    named = [
        f"{count} {name if count > 1 else name.removesuffix('s').replace('crashe', 'crash')}"
        for name, count in faults._asdict().items()
        if count
    ]
    return ", ".join(named) or "none"


def tables() -> dict[str, str]:
    """Tables of the page, by name."""
    counted = [f"| {words(faults)} | {states(faults):,} |" for faults in EXPLORED]
    broken = [f"| `{m.rule}` | {words(m.faults)} | {m.broken} |" for m in mutants()]
    heads = ("| faults | states |", "| rule removed | faults | what breaks first |")
    return {
        "states": "\n".join([heads[0], "| --- | --- |", *counted]),
        "mutants": "\n".join([heads[1], "| --- | --- | --- |", *broken]),
    }


def with_tables(page: str) -> str:
    for name, table in tables().items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        page = before + begin + table + end + rest.partition(end)[2]
    return page


def _by_spin() -> Iterator[str]:
    for faults in EXPLORED:
        found = promela.verify(faults)
        yield f"spin: {words(faults)}: {found.states:,} states, {found.violated or 'all holds'}"
    for mutant in mutants():
        found = promela.verify(mutant.faults, {mutant.rule: False})
        yield f"spin: without {mutant.rule}: {found.violated or 'NOTHING BREAKS'}"


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    _show("\n\n".join(tables().values()))
    if os.environ.get("WRITE"):
        PAGE.write_text(with_tables(PAGE.read_text()))
    if not promela.is_installed():
        _show("spin is not installed (Debian: spin, gcc): the Promela model was not run")
        return
    for line in _by_spin():
        _show(line)


if __name__ == "__main__":
    main()
