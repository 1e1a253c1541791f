"""Tables of docs/benchmarks.md, made of the results between its markers: one for each benchmark, all bounds,
and what got slower."""

import re
from collections.abc import Iterable

from bench.harness.base import HERE
from bench.harness.results import Result
from bench.harness.tables import bounds, section, slower

PAGE = HERE / "docs" / "benchmarks.md"
_MARKED = re.compile(r"(<!-- bench: (?P<name>[a-z-]+) -->\n).*?(<!-- /bench -->)", re.DOTALL)
OVER_ALL = {"bounds": bounds, "slower": slower}
"""What is made of all topics, by the name of its place."""


def written(text: str, results: Iterable[Result]) -> str:
    """The page with the tables of these results."""
    found = list(results)

    def filled(match: re.Match[str]) -> str:
        lines = _lines(match["name"], found)
        return match[1] + "".join(f"{line}\n" for line in lines) + match[3]

    return _MARKED.sub(filled, text)


def places_of(text: str) -> list[str]:
    return [match["name"] for match in _MARKED.finditer(text)]


def _lines(name: str, results: list[Result]) -> list[str]:
    if name in OVER_ALL:
        return list(OVER_ALL[name](results))
    return [line for result in results if result.topic == name for line in section(result)]
