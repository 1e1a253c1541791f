"""Progress on the terminal: each step, and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """One line, at once even when the output is a pipe."""
    print(text, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Prints the start and the end of a step."""
    say(f"==> {what}")
    began = time.monotonic()
    yield
    say(f"    {time.monotonic() - began:.1f} s")
