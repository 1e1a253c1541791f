"""Progress on the terminal: what is being done, and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """One line, at once even when the output is a pipe."""
    print(text, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what begins, and that it is done."""
    say(f"==> {what}")
    began = time.monotonic()
    yield
    say(f"    {time.monotonic() - began:.1f} s")
