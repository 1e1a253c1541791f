"""Tables of docs/benchmarks.md, made of the results between its markers."""

import re
from collections.abc import Iterable, Iterator

from bench.harness.base import HERE
from bench.harness.results import Result
from bench.harness.rows import Measure, Row

PAGE = HERE / "docs" / "benchmarks.md"
_MARKED = re.compile(r"(<!-- bench: (?P<topic>[a-z-]+) -->\n).*?(<!-- /bench -->)", re.DOTALL)


def written(text: str, results: Iterable[Result]) -> str:
    """The page with the tables of these results."""
    found = list(results)

    def table(match: re.Match[str]) -> str:
        chosen = [result for result in found if result.topic == match["topic"]]
        return match[1] + "\n".join(part for result in chosen for part in _section(result)) + match[3]

    return _MARKED.sub(table, text)


def topics_of(text: str) -> list[str]:
    return [match["topic"] for match in _MARKED.finditer(text)]


def _section(result: Result) -> Iterator[str]:
    counts = list(dict.fromkeys(name for row in result.rows for name in row.counts))
    beside = any(row.peer for row in result.rows)
    bound = any(_bound(row) for row in result.rows)
    head = ["what", "ours"]
    head += ["beside it", "ratio"] if beside else []
    head += ["bound"] if bound else []
    yield "| " + " | ".join([*head, *counts]) + " |"
    yield "|" + " --- |" * len([*head, *counts])
    for row in result.rows:
        cells = [row.name, f"{_figures(row.ours)} {row.unit}"]
        cells += [_peer(row), _figures(row.ratio) if row.ratio else ""] if beside else []
        cells += [_bound(row)] if bound else []
        cells += [_counted(row, name) for name in counts]
        yield "| " + " | ".join(cells) + " |"
    yield ""
    yield from (f"- {row.name}: {row.note}" for row in result.rows if row.note)
    yield (
        f"- `{result.command}`, {result.seconds} s, {result.date}, {result.commit} beside {result.base}: "
        + (f"{result.machine}, load {result.load}.")
    )
    yield from (f"- {row.name}: `{row.command}`." for row in result.rows if row.command)
    yield ""


def _peer(row: Row) -> str:
    return f"{row.peer_name}: {_figures(row.peer)}" if row.peer else ""


def _counted(row: Row, name: str) -> str:
    if name not in row.counts:
        return ""
    ours, peers = row.counts[name], row.peer_counts.get(name, row.counts[name])
    return _number(ours) if ours == peers else f"{_number(ours)}, not {_number(peers)}"


def _bound(row: Row) -> str:
    parts = []
    if row.at_most is not None:
        parts.append(f"at most {_number(row.at_most)}")
    if row.at_least is not None:
        parts.append(f"at least {_number(row.at_least)}")
    return " and ".join(parts) + ("" if row.keeps else ": **missed**")


def _figures(measure: Measure) -> str:
    if measure.low == measure.high:
        return _number(measure.median)
    return f"{_number(measure.median)} ({_number(measure.low)}-{_number(measure.high)})"


def _number(figure: float) -> str:
    """Three digits that say something."""
    if figure >= 100 or figure == int(figure):
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"
