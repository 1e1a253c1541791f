"""`certctl agent` and `certctl-agent` have the same commands and options."""

import argparse
import io
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from certctl_client.agent.events import log_to_standard_error, words_to
from certctl_client.agent.program.main import main, parser
from certctl_client.agent.words import SENTENCES, sentence
from certctl_client.commands.agents.host import app
from certctl_client.errors import ConfigurationError
from tests.support.template import ROOT

_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_AGENT = ROOT / "client" / "certctl_client" / "agent"


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """The agent's commands set one for their process, which is here that of all tests."""
    usual = os.umask(0o022)
    os.umask(usual)
    yield
    os.umask(usual)


def _of_typer(group: TyperGroup, path: str = "") -> Iterator[tuple[str, set[str]]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _of_typer(command, f"{path}{name} ")
            continue
        shown = [each for each in command.params if not getattr(each, "hidden", False)]
        yield path + name, {option for each in shown for option in each.opts if option.startswith("--")}


def _of_argparse(made: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, set[str]]]:
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from _of_argparse(command, f"{path}{name} ")
            return
    options = {option for action in made._actions for option in action.option_strings}
    yield path.strip(), {option for option in options if option.startswith("--")} - {"--help"}


def test_both_programs_have_the_same_commands_and_options() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)

    assert dict(_of_typer(group)) == dict(_of_argparse(parser()))


def test_every_event_that_the_agent_logs_has_a_sentence() -> None:
    sources = [path.read_text(encoding="utf-8") for path in _AGENT.rglob("*.py")]
    logged = {name for text in sources for name in re.findall(r'self\.log\(\s*"([a-z_]+)"', text)}
    logged |= {name for text in sources for name in re.findall(r'self\._failed\("([a-z_]+)"', text)}

    assert logged == set(SENTENCES)


def test_the_journal_has_words_without_secrets_on_one_line() -> None:
    stream = io.StringIO()
    log = words_to(stream, lambda: _NOW)

    log("polled", jobs=0, next_poll_seconds=287)
    log("deployment_failed", reason="certctl_" + "k" * 43 + "\nend.", job_id="job-1")

    assert stream.getvalue().splitlines() == [
        "2026-11-24T12:00:00Z Polled: 0 open; next poll in 287 s.",
        "2026-11-24T12:00:00Z The deployment failed: certctl_***\\nend. [job-1]",
    ]
    assert sentence("new_event", {"a": 1}) == "new_event a=1"


def test_an_unknown_format_of_the_log_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="text or json"):
        log_to_standard_error({"CERTCTL_AGENT_LOG": "xml"})


def test_a_host_without_an_agent_gets_no_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"

    codes = [main([command, "--state-dir", str(state)]) for command in ("status", "once", "run")]

    assert codes == [2, 2, 2]
    assert "No agent is enrolled" in capsys.readouterr().err
    assert not state.exists()


def test_a_failed_enrolment_leaves_no_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    consent = tmp_path / "consent.toml"
    consent.write_text('kinds = ["Files"]\n')
    monkeypatch.setenv("CERTCTL_BOOTSTRAP_TOKEN", "certctl_boot_" + "x" * 43)
    state = tmp_path / "state"
    paths = ["--state-dir", str(state), "--consent", str(consent), "--own-consent"]

    code = main(["enroll", "--url", "http://127.0.0.1:1", *paths])

    assert code == 6
    errors = capsys.readouterr().err
    assert "cannot be reached: connection refused." in errors
    assert "Check host and port" in errors
    assert not state.exists()


def test_a_directory_that_was_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    consent, state = tmp_path / "consent.toml", tmp_path / "state"
    consent.write_text('kinds = ["Files"]\n')
    state.mkdir(mode=0o700)
    monkeypatch.setenv("CERTCTL_BOOTSTRAP_TOKEN", "certctl_boot_" + "x" * 43)

    code = main(
        [
            *("enroll", "--url", "http://127.0.0.1:1", "--state-dir", str(state)),
            *("--consent", str(consent), "--own-consent"),
        ]
    )

    assert code == 6
    assert state.is_dir()


def test_a_consent_file_is_proposed_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "consent.toml")
    wanted = ["--kind", "Files", "--allow-directory", "/srv/app", "--allow-command", "systemctl restart app"]

    assert main(["consent", "init", "--consent", path, "--write", *wanted]) == 0
    assert main(["consent", "show", "--consent", path, "--own-consent", "-o", "json"]) == 0

    assert '"systemctl restart app"' in capsys.readouterr().out
