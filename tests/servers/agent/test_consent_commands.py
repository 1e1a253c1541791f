"""`certctl agent consent`."""

import json
from pathlib import Path

import pytest

from tests.support.agents.process import Commands, Ran


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "etc" / "consent.toml"


def _ran(commands: Commands, command: str, path: Path, *options: str) -> Ran:
    return commands.ran("agent", "consent", command, "--consent", str(path), *options)


def test_a_proposal_is_shown_and_nothing_written(commands: Commands, path: Path) -> None:
    ran = _ran(commands, "init", path, "--kind", "Files", "--allow-directory", "/srv/app")

    assert ran.returncode == 0
    assert '"/srv/app"' in ran.stdout
    assert not path.exists()


def test_what_is_written_is_valid_and_shown(commands: Commands, path: Path, tmp_path: Path) -> None:
    wishes = (
        "--kind",
        "Files",
        "--allow-directory",
        str(tmp_path),
        "--allow-command",
        "systemctl restart 'a b'",
    )
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/*"
    more = ("--allow-owner", "root", "--allow-verify", "10.0.0.7", "--allow-acm", arn)

    written = _ran(commands, "init", path, "--write", *wishes, *more)
    checked = _ran(commands, "check", path)
    shown = json.loads(_ran(commands, "show", path, "--output", "json").stdout)

    assert (written.returncode, checked.returncode) == (0, 0)
    assert "is valid" in checked.stderr
    assert "Files" in shown["kinds"]
    assert "systemctl restart 'a b'" in shown["commands"]
    assert (shown["owners"], shown["verify_addresses"][-1]) == (["root"], "10.0.0.7")


def test_what_is_there_is_not_overwritten(commands: Commands, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("# mine\n")

    ran = _ran(commands, "init", path, "--write")

    assert ran.returncode == 1
    assert path.read_text() == "# mine\n"


def test_a_check_warns_of_what_is_open_and_of_what_is_not_there(commands: Commands, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        "any_command = true\ndirectories = ['/nowhere/at/all']\nowners = ['nobody-of-that-name']\n"
    )

    ran = _ran(commands, "check", path)

    assert ran.returncode == 0
    for told in (
        "any_command",
        "no kind is allowed",
        "/nowhere/at/all does not exist",
        "'nobody-of-that-name'",
    ):
        assert told in ran.stderr


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_file_that_is_wrong_or_not_there_has_exit_code_2(
    commands: Commands, path: Path, command: str
) -> None:
    missing = _ran(commands, command, path)
    path.parent.mkdir()
    path.write_text("kinds = 7\n")
    wrong = _ran(commands, command, path)

    assert (missing.returncode, wrong.returncode) == (2, 2)
    assert "kinds must be an array" in wrong.stderr
