"""Each block of commands is run by a test, or says why not; each command in it exists."""

import subprocess
from pathlib import Path

import pytest

from tests.support.docs import places, shell
from tests.support.docs.command_faults import faults_of, faults_of_sentences
from tests.support.docs.pages import all_blocks, blocks_of, pages
from tests.support.template import ROOT

BLOCKS = [block for block in all_blocks() if block.has_commands]


def test_the_pages_have_blocks_of_commands() -> None:
    assert len(BLOCKS) > 50


def test_each_block_is_run_or_says_why_not() -> None:
    listed = places.run().keys() | places.not_run().keys()
    unlisted = {block.place for block in BLOCKS if not {block.place, block.page} & listed}
    assert unlisted == set()
    assert places.run().keys() & places.not_run().keys() == set()


def test_no_place_is_listed_that_has_no_block() -> None:
    sections = {place for place in places.run().keys() | places.not_run().keys() if "#" in place}
    assert sections - {block.place for block in BLOCKS} == set()


def test_what_a_test_runs_is_a_console_block_and_the_test_exists() -> None:
    languages = {(block.place, block.language) for block in BLOCKS if block.place in places.run()}
    assert {language for _, language in languages} == {"console"}
    assert [test for test in places.run().values() if not (ROOT / test).exists()] == []


@pytest.mark.parametrize("page", sorted({block.page for block in BLOCKS}))
def test_a_shell_can_read_each_block(page: str, tmp_path: Path) -> None:
    script = tmp_path / "page.sh"
    script.write_text(
        "\n".join(typed for block in BLOCKS if block.page == page for typed in shell.typed(block))
    )
    read = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
    assert read.stderr == ""


def test_each_command_of_a_block_exists_with_its_options() -> None:
    assert [fault for block in BLOCKS for fault in faults_of(block)] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_and_request_in_a_sentence_exists(page: Path) -> None:
    assert list(faults_of_sentences(page.read_text("utf-8"))) == []


SEEDED = {
    "certctl certs remove sso": "certctl certs has no command remove",
    "certctl certs list --colour": "has no option --colour",
    "certctl certs revoke sso --reason boredom": "boredom is none of",
    "certctl certs revoke sso": "needs --reason",
    "certctl teams get": "needs",
    "certctl teams get t-shop t-web": "takes no further t-web",
    "runuser -u x -- /opt/certctl/bin/certctl agent enrol": "has no command enrol",
    "printf x | certctl agent enroll --uri https://a": "has no option --uri",
    "certctl channels create --id a --kind Slak --set url=x": "no kind Slak",
    "certctl channels create --id a --kind Slack --set uri=x": "no setting uri",
    "certctl channels create --id a --kind PagerDuty": "routing_key is missing",
    "certctl issuers create --name a --type ACME --setting challenge=http-01": "is missing",
    "make deploi STACK=a": "no target deploi",
    "make destroy STACKS=a": "takes no STACKS",
    'curl -s "$CERTCTL_URL/api/v1/certs"': "is no operation",
    'api -X DELETE "$CERTCTL_URL/api/v1/channels/x/test"': "is no operation",
    'api "$CERTCTL_URL/api/v1/certificates?colour=red"': "takes no colour",
    'api https://c.example.com/api/v1/teams -d \'{"naem": "Shop"}\'': "body:",
    "api https://c.example.com/api/v1/teams -d '{\"name\": }'": "no JSON",
}


@pytest.mark.parametrize("command", SEEDED)
def test_a_seeded_fault_is_found(command: str) -> None:
    (block,) = blocks_of(f"# A\n\n```console\n$ {command}\n```\n", "a.md")
    (fault,) = faults_of(block)
    assert SEEDED[command] in fault


@pytest.mark.parametrize(
    "code", ["certctl certs fly", "make fly", "GET /certificate", "GET /certificates?colour=red"]
)
def test_a_seeded_fault_in_a_sentence_is_found(code: str) -> None:
    assert len(list(faults_of_sentences(f"Use `{code}`."))) == 1


def test_commands_are_found_in_every_form_of_a_block() -> None:
    text = "# A b\n\n```sh\nmake run\n```\n\nThen\n\n    certctl status\n\n```text\n$ certctl whoami\n```\n"
    found = {(block.place, block.language) for block in blocks_of(text, "a.md") if block.has_commands}
    assert found == {("a.md#a-b", language) for language in ("sh", "indented", "text")}


def test_a_command_of_several_lines_is_one_and_its_output_is_none() -> None:
    (block,) = blocks_of("```console\n$ api x -d '{\n    \"a\": 1}' > y\nmake fly\n```\n", "a.md")
    (typed,) = shell.typed(block)
    assert shell.simple_commands(typed) == [["api", "x", "-d", '{\n    "a": 1}']]
