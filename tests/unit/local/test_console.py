"""What `make run` prints while it works."""

import io
import sys
import threading

import pytest

from local.console import step


class Screen(io.StringIO):
    """A terminal that tells when the second report of progress is on it."""

    def __init__(self) -> None:
        super().__init__()
        self.shows_two = threading.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        if self.getvalue().count("so far") == 2:
            self.shows_two.set()
        return written


def test_a_step_says_what_it_is_and_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    with step("deploying"):
        pass

    first, last = capsys.readouterr().out.splitlines()
    assert first == "==> deploying"
    assert last.endswith(" s")


def test_a_long_step_says_again_and_again_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)

    with step("deploying", quiet_seconds=0.001):
        assert screen.shows_two.wait(60)

    assert screen.getvalue().splitlines()[1] == "    deploying: 0 s so far"


def test_a_step_that_fails_reports_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    before = threading.active_count()

    with pytest.raises(OSError, match="full"), step("building", quiet_seconds=0.001):
        raise OSError("full")

    assert threading.active_count() == before
    assert not capsys.readouterr().out.endswith(" s\n")
