"""A figure of docs/cps.md: the words around it, and the constant of the code that it is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.support.template import load_template

type Value = int | str
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


@dataclass(frozen=True)
class Figure:
    """`words` as the section has them, with a placeholder for each value. `source`: where the values are."""

    section: str
    words: str
    source: str
    values: dict[str, Value]

    @property
    def sentence(self) -> str:
        return self.words.format(**self.values)

    def __str__(self) -> str:
        return f"{self.section}-{self.source}"


def figure(section: str, words: str, source: str, **values: Value) -> Figure:
    return Figure(section, words, source, values)


def parameter(name: str) -> dict[str, Any]:
    found: dict[str, Any] = load_template()["Parameters"][name]
    return found


def whole(length: timedelta, unit: timedelta) -> int:
    assert length % unit == timedelta(), f"{length} is not a number of {unit}"
    return length // unit
