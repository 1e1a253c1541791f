"""Lanes of make targets, run beside each other as `.ci/run` does it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import ROOT

# A read of a pipe ends when somebody writes to it: `first` and `second` end only in parallel, and `endless`
# ends by a signal alone.
_MAKEFILE = """
SHELL := /bin/bash
good:
	@echo fine
first:
	@echo it > to-second; cat to-first
second:
	@cat to-second; echo it > to-first
bad:
	@echo broken; exit 3
endless:
	@trap 'echo cleaned up; exit 1' INT; echo it > running; read < nothing
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Makefile").write_text(_MAKEFILE)
    for name in ("to-first", "to-second", "running", "nothing"):
        os.mkfifo(tmp_path / name)
    return tmp_path


def start(folder: Path, *lanes: str) -> subprocess.Popen[str]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.Popen(
        [sys.executable, "-m", "local.checks.lanes", *lanes],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(running: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = running.communicate(timeout=60)
    return running.returncode, output


def test_lanes_run_side_by_side_and_each_output_is_printed_whole(folder: Path) -> None:
    code, output = ended(start(folder, "first good", "second"))

    assert code == 0
    for target, text in (("first", "it"), ("second", "it"), ("good", "fine")):
        assert f"\n==> {target}\n{text}\n==> {target} passed after " in output
    assert "all lanes passed after " in output


def test_every_target_is_run_and_every_failure_is_named(folder: Path) -> None:
    code, output = ended(start(folder, "bad good", "good bad"))

    assert code == 1
    assert output.count("broken\n") == 2
    assert output.count("==> good passed after ") == 2
    assert output.endswith("failed: bad, bad\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_lane_after_it_has_cleaned_up(folder: Path, number: signal.Signals) -> None:
    running = start(folder, "endless good")
    with (folder / "running").open() as begun:
        begun.read()
    running.send_signal(number)

    code, output = ended(running)

    assert code == 130
    assert "cleaned up\n" in output
    assert "good" not in output


def test_a_target_is_stopped_politely_in_a_background_job_too(folder: Path) -> None:
    """POSIX shells start background jobs with SIGINT ignored, which programs inherit."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        running = start(folder, "endless")
    finally:
        signal.signal(signal.SIGINT, before)
    with (folder / "running").open() as begun:
        begun.read()
    running.send_signal(signal.SIGTERM)

    code, output = ended(running)

    assert code == 130
    assert "cleaned up\n" in output
