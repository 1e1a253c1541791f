"""Progress of long operations: a bar or a line on a terminal, nothing elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from certctl_client.output.terminal import is_terminal
from certctl_client.plain_text import one_line

type Progress = Callable[[str, int, int | None], None]
"""A function `progress("seals", done, total)`; without a total it only counts."""


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    if not is_terminal(sys.stderr):
        yield lambda what, done, total: None
        return
    with _drawn_bar() as progress:
        yield progress


@contextlib.contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Shows what is waited for. Yields a function that shows the current state."""
    if not is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(what)) as status:
        yield lambda state: status.update(Text(f"{what}: {one_line(state)}"))


@contextlib.contextmanager
def _drawn_bar() -> Iterator[Progress]:
    """The first call draws it: most lists are read before anybody could see it."""
    from certctl_client.output.bars import LateBar

    bar = LateBar()
    try:
        yield bar.show
    finally:
        bar.close()
