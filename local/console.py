"""Progress on the terminal: each step, how long it has taken so far, and how long it took."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Nobody waits longer in front of a terminal that says nothing.
QUIET_SECONDS = 10.0


def say(text: str) -> None:
    """One line, at once even when the output is a pipe."""
    print(text, flush=True)


@contextmanager
def step(what: str, quiet_seconds: float = QUIET_SECONDS) -> Iterator[None]:
    """Prints the start and the end of a step, and in between that it goes on, each `quiet_seconds`."""
    say(f"==> {what}")
    began, ended = time.monotonic(), threading.Event()
    reporter = threading.Thread(target=_report, args=(what, began, ended, quiet_seconds), daemon=True)
    reporter.start()
    try:
        yield
    finally:
        ended.set()
        reporter.join()
    say(f"    {time.monotonic() - began:.1f} s")


def _report(what: str, began: float, ended: threading.Event, quiet_seconds: float) -> None:
    while not ended.wait(quiet_seconds):
        say(f"    {what}: {time.monotonic() - began:.0f} s so far")
