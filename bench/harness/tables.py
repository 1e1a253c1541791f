"""Results as Markdown."""

from collections.abc import Iterable, Iterator, Sequence

from bench.harness.results import Result
from bench.harness.rows import Measure, Row

_BASE = "base "
_PROGRAMS = ("openssl", "cfssl", "django-ca", "Celery", "certbot", "gh ", "`import ")


def section(result: Result) -> Iterator[str]:
    """The table of one benchmark, notes, and what measured it."""
    yield f"### {result.bench.replace('_', ' ').capitalize()}"
    yield ""
    yield from _table(_columns(result.rows), [_cells(row, result.rows) for row in result.rows])
    yield ""
    yield from _notes(result.rows)
    yield from (f"- {row.name}: `{row.command}`." for row in result.rows if row.command)
    beside = f"{result.date}, {result.commit} beside {result.base}"
    yield f"- `{result.command}`, {result.seconds} s, {beside}: {result.machine}, load {result.load}."
    yield ""


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    """Each note once, with the rows that it explains."""
    for note in dict.fromkeys(row.note for row in rows if row.note):
        names = dict.fromkeys(row.name for row in rows if row.note == note)
        yield f"- {'; '.join(names)}: {note}"


def bounds(results: Iterable[Result]) -> Iterator[str]:
    """Every row that has a bound."""
    lines = [
        (row.name, _beside(row), _bound(row), _figures(row.bounded), f"`{result.command}`")
        for result in results
        for row in result.rows
        if _bound(row)
    ]
    return _table(("what", "beside", "bound", "found", "by"), lines)


def slower(results: Iterable[Result]) -> Iterator[str]:
    """What took longer than at the earlier commit in every turn."""
    lines = [
        f"- {row.name}: {_figures(row.ratio)} of {row.peer_name} (`{result.command}`)."
        for result in results
        for row in result.rows
        if row.ratio and row.peer_name.startswith(_BASE) and row.ratio.low > 1
    ]
    yield from lines or ["Nothing: no row was slower than at the earlier commit in every turn."]


def is_of_peer(row: Row) -> bool:
    """Whether another program stands beside it, and nothing of this product."""
    return row.peer is not None and row.peer_name.startswith(_PROGRAMS)


def _columns(rows: Sequence[Row]) -> list[str]:
    beside = ["beside it", "ratio"] if any(row.peer for row in rows) else []
    bound = ["bound"] if any(_bound(row) for row in rows) else []
    return ["what", "ours", *beside, *bound, *_counts(rows)]


def _cells(row: Row, rows: Sequence[Row]) -> list[str]:
    cells = {
        "what": row.name,
        "ours": f"{_figures(row.ours)} {row.unit}",
        "beside it": f"{row.peer_name}: {_figures(row.peer)}" if row.peer else "",
        "ratio": _figures(row.ratio) if row.ratio else "",
        "bound": _bound(row),
    }
    return [cells[name] if name in cells else _counted(row, name) for name in _columns(rows)]


def _counts(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.counts))


def _table(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + " --- |" * len(columns)
    yield from (f"| {' | '.join(cells)} |" for cells in lines)


def _beside(row: Row) -> str:
    return row.peer_name if row.ratio else row.unit


def _counted(row: Row, name: str) -> str:
    if name not in row.counts:
        return ""
    ours, peers = row.counts[name], row.peer_counts.get(name, row.counts[name])
    return number(ours) if ours == peers else f"{number(ours)}, was {number(peers)}"


def _bound(row: Row) -> str:
    parts = [
        f"{kind} {number(bound)}"
        for kind, bound in (("at most", row.at_most), ("at least", row.at_least))
        if bound is not None
    ]
    return " and ".join(parts) + ("" if row.keeps else ": **missed**")


def _figures(measure: Measure) -> str:
    if measure.low == measure.high:
        return number(measure.median)
    return f"{number(measure.median)} ({number(measure.low)}-{number(measure.high)})"


def number(figure: float) -> str:
    """Three digits that say something."""
    if figure >= 100 or figure == int(figure):
        return f"{figure:,.0f}"
    if figure >= 10:
        return f"{figure:.1f}"
    return f"{figure:.2f}" if figure >= 0.1 else f"{figure:.2g}"
