"""How results are shown. A format is one function in RENDERERS; commands hand over a Listing or a Detail."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from certctl_client.plain_text import printable


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"


@dataclass(frozen=True)
class Listing:
    """Records as the server gave them; `columns` maps a heading to the field that a person reads under it."""

    records: Sequence[Mapping[str, Any]]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Detail:
    """One record. `text` is what a person reads instead of the fields, when that serves better."""

    record: Mapping[str, Any]
    text: str = ""


type View = Listing | Detail


def show(view: View, format_: Format) -> None:
    RENDERERS[format_](view)


def say(message: str) -> None:
    """For people, on standard error: standard output holds results only."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(printable(message, 10_000)))


def _show_json(view: View) -> None:
    value = list(view.records) if isinstance(view, Listing) else view.record
    json.dump(value, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _show_table(view: View) -> None:
    if isinstance(view, Listing):
        return _show_listing(view)
    if view.text:
        return _console().print(Text(view.text))
    return _show_fields(view.record)


def _show_listing(view: Listing) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in view.columns:
        table.add_column(heading, overflow="fold")
    for record in view.records:
        table.add_row(*(_cell(record.get(name)) for name in view.columns.values()))
    _console().print(table)


def _show_fields(record: Mapping[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in record.items():
        table.add_row(Text(printable(name)), _cell(value))
    _console().print(table)


def _cell(value: Any) -> Text:
    """Text, never markup: what a record says must not style or hide anything."""
    if value is None:
        return Text("-")
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return Text(printable(text, 10_000))


def _console() -> Console:
    """Piped tables are not cut to a terminal's width."""
    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, soft_wrap=True, width=240)


RENDERERS: Mapping[Format, Callable[[View], None]] = {
    Format.TABLE: _show_table,
    Format.JSON: _show_json,
}
