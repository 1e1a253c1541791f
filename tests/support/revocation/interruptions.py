"""Interrupts a process at one of its writes to the tables: it dies, or somebody else acts just then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from certctl.store.database import Database

_CALLS = ("write", "updated", "transact")


class Killed(BaseException):
    """Simulates the end of the process: nothing catches it."""


def die() -> None:
    raise Killed


def nothing() -> None:
    pass


@contextmanager
def writes_at_most(number: int) -> Iterator[None]:
    """The process dies after so many writes that are not refused."""
    left = iter(range(number - 1))

    def last(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(database: Database, *arguments: Any) -> Any:
            answer = real(database, *arguments)
            if next(left, None) is None:
                die()
            return answer

        return call

    with pytest.MonkeyPatch.context() as patched:
        for name in _CALLS:
            patched.setattr(Database, name, last(getattr(Database, name)))
        with suppress(Killed):
            yield


class Interrupted:
    """Counts the writes made `at_work`, and calls `before` or `after` around the one with the number `at`.
    Writes that these two make are not counted."""

    def __init__(
        self, at: int, before: Callable[[], None] = nothing, after: Callable[[], None] = nothing
    ) -> None:
        self.at = at
        self.writes = 0
        self._before = before
        self._after = after
        self._is_aside = False

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Ends when the process is killed, too."""
        with pytest.MonkeyPatch.context() as patched:
            for name in _CALLS:
                patched.setattr(Database, name, self._interrupted(getattr(Database, name)))
            with suppress(Killed):
                yield

    def _interrupted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(database: Database, *arguments: Any) -> Any:
            if self._is_aside:
                return real(database, *arguments)
            self.writes += 1
            is_now = self.writes == self.at
            if is_now:
                self._aside(self._before)
            answer = real(database, *arguments)
            if is_now:
                self._aside(self._after)
            return answer

        return call

    def _aside(self, act: Callable[[], None]) -> None:
        self._is_aside = True
        try:
            act()
        finally:
            self._is_aside = False
