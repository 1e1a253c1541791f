"""Shows a result repeatedly until Ctrl-C."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from certctl_client.output import Format, Listing, View, say, show


def present(
    look: Callable[[], View],
    format_: Format,
    every: float | None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Shows a view once, or every `every` seconds: in place on a terminal, elsewhere on each change."""
    if every is None:
        return show(look(), format_)
    console, before = Console(), None
    while True:
        view = _read(look())
        if console.is_terminal:
            console.clear()
            say(f"{datetime.now(UTC):%H:%M:%S} UTC, every {every:g} s. Ctrl-C ends.")
        if console.is_terminal or view != before:
            show(view, format_)
        before = view
        try:
            sleep(every)
        except KeyboardInterrupt:
            return


def _read(view: View) -> View:
    return replace(view, records=list(view.records)) if isinstance(view, Listing) else view
