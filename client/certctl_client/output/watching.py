"""Shows a result repeatedly until Ctrl-C."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from certctl_client.output import Format, Listing, View, say, show
from certctl_client.output.terminal import CLEARED, is_terminal


def present(
    look: Callable[[], View],
    format_: Format,
    every: float | None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Shows a view once, or every `every` seconds: in place on a terminal, elsewhere on each change."""
    if every is None:
        return show(look(), format_)
    before, is_watched = None, is_terminal(sys.stdout)
    while True:
        view = _read(look())
        if is_watched:
            sys.stdout.write(CLEARED)
            say(f"{datetime.now(UTC):%H:%M:%S} UTC, every {every:g} s. Ctrl-C ends.")
        if is_watched or view != before:
            show(view, format_)
            sys.stdout.flush()
        before = view
        try:
            sleep(every)
        except KeyboardInterrupt:
            return


def _read(view: View) -> View:
    return replace(view, records=list(view.records)) if isinstance(view, Listing) else view
