"""Shows a result: each format is one function in RENDERERS."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from rich.console import Console
from rich.text import Text

from certctl_client.output.machine_formats import show_csv, show_json, show_yaml
from certctl_client.output.tables import show_table
from certctl_client.output.views import FirstOf, Listing, View
from certctl_client.plain_text import printable


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"


RENDERERS: Mapping[Format, Callable[[View], None]] = {
    Format.TABLE: show_table,
    Format.JSON: show_json,
    Format.YAML: show_yaml,
    Format.CSV: show_csv,
}


def show(view: View, format_: Format) -> None:
    RENDERERS[format_](view)
    if isinstance(view, Listing) and isinstance(view.records, FirstOf) and view.records.has_more:
        say("There are more: use --all or a larger --limit.")


def say(message: str) -> None:
    """Prints a message for people on standard error: standard output holds results only."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(printable(message, 10_000)))
