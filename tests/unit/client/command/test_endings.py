"""How a command ends: its exit code, and one line in place of a traceback."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from certctl_client.exit_codes import SUMMARY, ExitCode
from certctl_client.main import main
from tests.support.template import ROOT

_CERTCTL = [sys.executable, "-m", "certctl_client"]


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """Without a configuration."""
    return {"PYTHONPATH": str(ROOT / "client"), "HOME": str(tmp_path), "PATH": os.environ["PATH"]}


@pytest.fixture
def terminal() -> Iterator[int]:
    """The side of a terminal that a command reads from."""
    ours, theirs = pty.openpty()
    yield theirs
    os.close(ours)
    os.close(theirs)


def shown_on(stream: int, until: bytes) -> None:
    seen, ends = b"", time.monotonic() + 60
    while until not in seen:
        assert time.monotonic() < ends
        seen += os.read(stream, 1024)


def test_every_code_is_in_the_help() -> None:
    ranges = re.findall(r"(\d+)(?: to (\d+))?", SUMMARY)
    named = {code for first, last in ranges for code in range(int(first), int(last or first) + 1)}
    assert named == set(ExitCode)


def test_ctrl_c_at_a_prompt_interrupts(environment: Mapping[str, str], terminal: int) -> None:
    asked, asks = os.pipe()
    process = subprocess.Popen(
        [*_CERTCTL, "login"], env=environment, stdin=terminal, stderr=asks, stdout=subprocess.DEVNULL
    )
    shown_on(asked, b"URL")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == ExitCode.INTERRUPTED
    os.close(asks)
    assert os.read(asked, 1024).strip() == b"Interrupted."
    os.close(asked)


def test_ctrl_c_while_modules_load_interrupts_without_a_traceback(environment: Mapping[str, str]) -> None:
    """The finder stands for a slow disk."""
    code = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "from certctl_client.main import run\n"
        "sys.meta_path.insert(0, Finder())\n"
        "run()"
    )
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (ExitCode.INTERRUPTED, b"Interrupted.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk here")
def test_a_full_disk_is_one_line(environment: Mapping[str, str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*_CERTCTL, "--help"], env=environment, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == ExitCode.FAILED
    assert ran.stderr == b"Error: No space left on device.\n"


def test_a_reader_that_goes_is_no_error(environment: Mapping[str, str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [*_CERTCTL, "--help"], env=environment, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("certs", "list", "--status", "activ"), "Did you mean Active?"),
        (("certs", "list", "--limit", "many"), "'many' is not a whole number."),
        (("certs", "list", "--limit", "0"), "0 is less than 1."),
        (("jobs", "get", "x", "--interval", "soon"), "'soon' is not a number."),
        (("crl", "show", "--file", "/"), "'/' is a directory."),
        (("certs", "lisst"), "Did you mean 'list'?"),
        (("crts",), "Did you mean 'certs'?"),
        (("help", "certs", "nothing"), "No such command 'nothing'"),
        (("--show-completion", "tcsh"), "tcsh is not supported."),
        (("--context", "a", "--url", "http://localhost", "status"), "exclude each other"),
    ],
)
def test_wrong_usage_is_in_words_for_people(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "Value error" not in err
    assert "Input should" not in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("--show-completion", shell)) == ExitCode.OK
    assert f"complete_{shell}" in capsys.readouterr().out


def test_help_and_version_are_commands_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("help", "certs", "revoke")) == ExitCode.OK
    by_command = capsys.readouterr().out
    assert main(("certs", "revoke", "--help")) == ExitCode.OK
    assert capsys.readouterr().out == by_command
    assert main(("version",)) == main(("--version",)) == ExitCode.OK
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


def test_choices_are_taken_in_any_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("certs", "list", "--status", "ACTIVE", "--url", "ftp://x")) == ExitCode.USAGE
    assert "--status" not in capsys.readouterr().err


def test_flags_take_no_value_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    main(("certs", "revoke", "--help"))
    out = capsys.readouterr().out
    assert "<" not in out
    assert max(map(len, out.splitlines())) <= 80
