"""Moves the wall clock of the processes started with it, by Debian's libfaketime. Pauses and time limits use
the monotonic clock, which is unchanged, as are the times of files."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

_LIBRARY = "faketime/libfaketimeMT.so.1"
_PLACES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/lib64")


@dataclass(frozen=True)
class MovedClock:
    """`file` has the offset in seconds; it is read at each call for the time."""

    file: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
            # with other times of the sources Python would compile them again, and keep that
            "NO_FAKE_STAT": "1",
        }

    def now(self) -> datetime:
        """The time that those processes see: this process's clock is unchanged."""
        return datetime.now(UTC) + self.moved

    def later(self, by: timedelta) -> None:
        """At once, for everybody."""
        beside = self.file.with_suffix(".new")
        beside.write_text(_text(self.moved + by))
        beside.replace(self.file)

    @property
    def moved(self) -> timedelta:
        return timedelta(seconds=int(self.file.read_text()))


def moved_clock(folder: Path) -> MovedClock:
    """Not moved at first. Without libfaketime the test is skipped, or fails if everything must be
    installed."""
    _library()
    clock = MovedClock(folder / "clock")
    clock.file.write_text(_text(timedelta()))
    return clock


def _library() -> Path:
    for place in _PLACES:
        path = Path(place, _LIBRARY)
        if path.exists():
            return path
    advice = "libfaketime is missing: apt-get install --no-install-recommends libfaketime"
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)


def _text(offset: timedelta) -> str:
    return f"+{int(offset.total_seconds())}"
