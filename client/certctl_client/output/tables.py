"""Tables, fields and tiles for people. Text of records is never markup."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import chain, starmap
from typing import Any

from rich.columns import Columns
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from certctl_client.output.progress import progress_bar
from certctl_client.output.views import Column, Detail, Listing, Record, Sections, Tiles, View
from certctl_client.plain_text import one_line, printable

type _Part = Listing | Detail | Sections | Tiles

_LONGEST = 10_000
_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
_PIPED_WIDTH = 240
_GOOD = ("Active", "Online", "Completed", "sent", "delivered", "accepted", "closed", "ok", "ready", "good")
_WAITING = (
    *("Pending", "pending", "Running", "RenewalInProgress", "AwaitingCSR", "AwaitingApproval"),
    *("Expiring", "OnHold", "Degraded", "failed", "half_open", "throttled", "retryable", "skipped", "muted"),
)
_BAD = (
    "Revoked",
    "Expired",
    "Failed",
    "Cancelled",
    "Offline",
    "dead",
    "open",
    "permanent",
    "channel_gone",
    "revoked",
)
_STYLES = dict.fromkeys(_GOOD, "green") | dict.fromkeys(_WAITING, "yellow") | dict.fromkeys(_BAD, "red")


def show_table(view: View) -> None:
    """Prints in a terminal's width; elsewhere uncut, and without the blanks that pad a table's lines."""
    drawn, console = _drawn(view), Console(highlight=False, soft_wrap=True)
    if console.is_terminal:
        return console.print(drawn)
    piped = Console(highlight=False, soft_wrap=True, width=_PIPED_WIDTH)
    with piped.capture() as captured:
        piped.print(drawn)
    lines = captured.get().splitlines()
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in lines))


def _drawn(part: _Part) -> Any:
    match part:
        case Listing():
            return _listing(part)
        case Detail():
            return Text(part.text) if part.text else _fields(part.record)
        case Tiles():
            return Columns([_tile(*figure) for figure in part.figures])
        case Sections():
            return Group(*chain.from_iterable(starmap(_under, part.parts)))


def _under(heading: str, part: _Part) -> tuple[Any, Any, Text]:
    return Text(heading, style="bold underline"), _drawn(part), Text()


def _listing(view: Listing) -> Any:
    records = _collected(view.records)
    if not records:
        return Text("None.", style="dim")
    rows = [[_cell(_value(record, column)) for column in view.columns.values()] for record in records]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, heading in enumerate(view.columns):
        cells = [row[place] for row in rows]
        table.add_column(heading, overflow="fold", min_width=_least_width(place, cells))
    for row in rows:
        table.add_row(*row)
    return table


def _least_width(place: int, cells: Sequence[Text]) -> int | None:
    """Ids, which come first, and times are copied: on a narrow terminal other columns are folded."""
    if place == 0 or any(_TIME.match(cell.plain) for cell in cells):
        return max(cell.cell_len for cell in cells)
    return None


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


def _fields(record: Record) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in record.items():
        table.add_row(Text(one_line(name)), _field(value))
    return table


def _field(value: Any) -> Text:
    """A field may have several lines; a cell of a list may not."""
    if isinstance(value, str) and "\n" in value:
        return Text(printable(value, _LONGEST))
    return _cell(value)


def _cell(value: Any) -> Text:
    if value is None or value in ("", [], {}):
        return Text("-")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return Text(one_line(", ".join(value), _LONGEST))
    if not isinstance(value, str):
        return Text(printable(json.dumps(value, indent=2, ensure_ascii=False), _LONGEST))
    return Text(one_line(value, _LONGEST), style=_STYLES.get(value, ""))


def _tile(what: str, value: object, style: str) -> Panel:
    return Panel(
        Text(str(value), style=f"bold {style}".strip()), title=Text(what), title_align="left", width=22
    )
