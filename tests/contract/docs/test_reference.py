"""docs/commands and the man pages are what the commands themselves say."""

import shutil
import subprocess

import pytest

from certctl_client.cli.application import COMMANDS
from distribution.reference.commands import Command, program
from distribution.reference.manual import manual
from distribution.reference.pages import FOLDER, pages
from tests.support.template import ROOT

MANUAL = manual()
needs_groff = pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")


def rendered(page: str) -> subprocess.CompletedProcess[str]:
    command = ["groff", "-man", "-Tutf8", "-Kutf8", "-P-cbou", "-ww"]
    return subprocess.run(command, input=page, capture_output=True, text=True, check=True)


def test_the_reference_is_current() -> None:
    """`make reference` writes it."""
    written = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert written == pages()


def test_each_command_has_a_section_with_its_options() -> None:
    text = "".join(pages().values())
    commands = [command for each in program().commands for command in each.below()]

    assert len(commands) > 150
    assert [command.name for command in commands if f"# {command.name}\n" not in text] == []
    assert "| `--reason REASON` |" in text


def test_the_clients_readme_names_each_command() -> None:
    readme = (ROOT / "client" / "README.md").read_text("utf-8")
    table = readme[readme.index("## Commands") :]

    assert [name for name in COMMANDS if f"`{name}" not in table] == []


@needs_groff
@pytest.mark.parametrize("name", MANUAL)
def test_a_man_page_is_rendered_without_a_warning_and_shows_its_commands(name: str) -> None:
    shown = rendered(MANUAL[name])

    assert shown.stderr == ""
    assert f"{name.removesuffix('.1').upper()}(1)" in shown.stdout


@needs_groff
def test_a_fault_in_a_man_page_is_a_warning() -> None:
    assert rendered('.TH A 1\n.SH "NAME\n.XX\n').stderr


@needs_groff
def test_options_keep_their_hyphens_and_texts_are_no_requests() -> None:
    (revoke,) = (each for each in leaves() if each.name == "certctl certs revoke")
    shown = rendered(MANUAL["certctl-certs.1"]).stdout

    assert all(option.name.split(",")[0] in shown for option in revoke.options)


def leaves() -> list[Command]:
    return [each for each in program().below() if not each.commands]
