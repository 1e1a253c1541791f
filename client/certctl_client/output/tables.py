"""Tables, fields and figures for people. Text of records is never markup, and drives no terminal."""

import json
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from certctl_client.output.fitting import Place, fitted
from certctl_client.output.messages import say
from certctl_client.output.moments import is_time, relative
from certctl_client.output.progress import progress_bar
from certctl_client.output.terminal import Screen, cut, padded, screen, width_of
from certctl_client.output.views import Column, Detail, Listing, Record, Sections, Tiles, View
from certctl_client.plain_text import one_line, printable

type _Part = Listing | Detail | Sections | Tiles

_LONGEST = 10_000
_GAP = "  "
_ONE_LINE = 110
"""Columns up to which a nested value is one line, where lines may have any length."""
_NOTHING = "-"
_NONE = "None."
_IDS = ("SERIAL", "SHA-256", "CA")
_GOOD = ("Active", "Online", "Completed", "sent", "delivered", "accepted", "closed", "ok", "ready", "good")
_WAITING = (
    *("Pending", "pending", "Running", "RenewalInProgress", "AwaitingCSR", "AwaitingApproval", "muted"),
    *("Expiring", "OnHold", "Degraded", "failed", "half_open", "throttled", "retryable", "skipped"),
)
_BAD = (
    *("Revoked", "Expired", "Failed", "Cancelled", "Offline", "dead", "open", "permanent", "channel_gone"),
    *("revoked", "critical"),
)
_STYLES = dict.fromkeys(_GOOD, "green") | dict.fromkeys(_WAITING, "yellow") | dict.fromkeys(_BAD, "red")


def show_table(view: View) -> None:
    """Shows a table: on a terminal cut to its width, with relative times; elsewhere whole."""
    _show(view, screen())


def show_wide(view: View) -> None:
    """Shows every column, whole, with exact times."""
    _show(view, Screen(None, screen().has_colours))


def _show(view: View, on: Screen) -> None:
    if isinstance(view, Listing):
        records = _collected(view.records)
        return _write(_rows(view, records, on)) if records else say(_NONE)
    _write(_lines(view, on))


def _write(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in lines))


def _lines(part: _Part, on: Screen) -> Iterator[str]:
    match part:
        case Listing():
            records = _collected(part.records)
            yield from _rows(part, records, on) if records else [_NONE]
        case Detail():
            yield from (
                printable(part.text, _LONGEST * 10).split("\n") if part.text else _fields(part.record, on)
            )
        case Tiles():
            yield from _figures(part, on)
        case Sections():
            for heading, each in part.parts:
                yield on.styled(heading, "bold")
                yield from _lines(each, on)
                yield ""


def _rows(view: Listing, records: Sequence[Record], on: Screen) -> Iterator[str]:
    headings, columns = list(view.columns), list(view.columns.values())
    rows = [[_cell(_value(record, column), on) for column in columns] for record in records]
    places = [
        _place(heading, column, index, [row[index] for row in rows])
        for index, (heading, column) in enumerate(view.columns.items())
    ]
    widths = fitted(places, on.width) if on.width else {i: each.natural for i, each in enumerate(places)}
    yield _GAP.join(on.styled(padded(headings[index], width), "bold") for index, width in widths.items())
    for row in rows:
        yield _GAP.join(_in_style(row[index], width, on) for index, width in widths.items())
    left_out = [heading for index, heading in enumerate(headings) if index not in widths]
    if left_out and sys.stderr.isatty():
        say(f"Left out: {', '.join(left_out)} (-o wide shows all).")


def _place(heading: str, column: Column, index: int, cells: Sequence[str]) -> Place:
    """The place of a column. Ids come first, or in a field that is named for them."""
    is_id = index == 0 or heading in _IDS or (isinstance(column, str) and column.endswith("_id"))
    natural = max(width_of(heading), *map(width_of, cells))
    is_empty = all(cell == _NOTHING for cell in cells)
    return Place(heading, natural, may_be_cut=not is_id, is_empty=is_empty)


def _in_style(cell: str, width: int, on: Screen) -> str:
    return on.styled(padded(cut(cell, width), width), _STYLES.get(cell, ""))


def _collected(records: Iterable[Record]) -> list[Record]:
    """Counts long lists while they are read: column widths are known only at the end."""
    if isinstance(records, list):
        return records
    found: list[Record] = []
    with progress_bar() as progress:
        for record in records:
            found.append(record)
            progress("records", len(found), None)
    return found


def _value(record: Record, column: Column) -> object:
    return record.get(column) if isinstance(column, str) else column(record)


def _cell(value: Any, on: Screen) -> str:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return one_line(", ".join(value), _LONGEST)
    if not isinstance(value, str):
        return printable(json.dumps(value, ensure_ascii=False), _LONGEST)
    return relative(value) if on.width and is_time(value) else one_line(value, _LONGEST)


def _fields(record: Record, on: Screen) -> Iterator[str]:
    names = [one_line(name) for name in record]
    widest = max(map(width_of, names), default=0)
    for name, value in zip(names, record.values(), strict=True):
        for index, line in enumerate(_field(value, on, widest + len(_GAP))):
            label = on.styled(padded(name, widest), "bold") if index == 0 else " " * widest
            yield f"{label}{_GAP}{on.styled(line, _STYLES.get(line, ''))}"


def _field(value: Any, on: Screen, indented: int) -> list[str]:
    """Lines of a field, which may be several, unlike in a cell of a list."""
    if isinstance(value, str) and "\n" in value:
        return printable(value, _LONGEST).split("\n")
    if isinstance(value, dict | list) and value and not _are_texts(value):
        short = printable(json.dumps(value, ensure_ascii=False), _LONGEST)
        if width_of(short) + indented <= (on.width or _ONE_LINE):
            return [short]
        return printable(json.dumps(value, indent=2, ensure_ascii=False), _LONGEST).split("\n")
    if is_time(value):
        return [f"{value} ({relative(value)})" if on.width else value]
    return _folded(_cell(value, on), on, indented)


def _folded(text: str, on: Screen, indented: int) -> list[str]:
    """Folds a text at spaces: what is copied, an id or a URL, stays whole."""
    if not on.width:
        return [text]
    room = max(on.width - indented, 20)
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [text]


def _are_texts(value: dict[str, Any] | list[Any]) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _figures(tiles: Tiles, on: Screen) -> Iterator[str]:
    """A heading and a number below it for each; two lines, or more on a narrow screen."""
    widths = [max(width_of(what), width_of(str(value))) for what, value, _ in tiles.figures]
    line: list[int] = []
    for index, width in enumerate(widths):
        if line and on.width and sum(widths[each] + 2 for each in line) + width > on.width:
            yield from _figure_lines(tiles, line, widths, on)
            line = []
        line.append(index)
    yield from _figure_lines(tiles, line, widths, on)


def _figure_lines(tiles: Tiles, shown: Sequence[int], widths: Sequence[int], on: Screen) -> Iterator[str]:
    yield _GAP.join(padded(tiles.figures[index][0], widths[index]) for index in shown)
    yield _GAP.join(
        on.styled(padded(str(tiles.figures[index][1]), widths[index]), tiles.figures[index][2])
        for index in shown
    )
