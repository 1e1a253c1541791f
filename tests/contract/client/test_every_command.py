"""What holds for every command: examples in its help that can be typed, and ids by `-o name`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from certctl_client.agent.consent.proposal import Wishes, write_new
from certctl_client.agent.program.consents import proposed
from certctl_client.agent.state import AgentKey, Enrolment, open_state
from certctl_client.api.schema import ChannelKind, IssuerType, TargetType
from certctl_client.cli.examples import EXAMPLES, examples_of
from certctl_client.main import main
from tests.support.client.commands import arguments_of, every_command, named, takes
from tests.support.client.samples import SERIAL, certificate_pem, crl_pem, sampled
from tests.support.client.server import LoopbackServer
from tests.support.docs.certctl_commands import fault

_COMMANDS = dict(every_command())
_WITH_RECORDS = {path: command for path, command in _COMMANDS.items() if takes(command, "--output")}
_KEYS = ("id", "fingerprint", "certificate_id", "ca_id", "job_id", "agent_id", "kind", "type")
_IDS = {
    SERIAL,
    "07",
    *(f"the-{key}" for key in _KEYS),
    *get_args(ChannelKind),
    *get_args(IssuerType),
    *get_args(TargetType),
}
_WITHOUT_IDS: dict[tuple[str, ...], str] = {
    ("channels", "kinds"): "the-name",
    ("endpoints", "history"): "the-at",
    ("endpoints", "incidents"): "stale",
}
"""Settings of a kind have names, changes of an endpoint have times, and its incidents findings."""
_OF_NO_STACK = {"context", "inventory import", "probe"}
"""The records of these commands are files and other people's servers, which other tests have."""


def test_every_command_has_examples_and_every_example_a_command() -> None:
    assert EXAMPLES.keys() == {named(path) for path in _COMMANDS}


@pytest.mark.parametrize("path", EXAMPLES, ids=str)
def test_every_example_is_a_whole_command_that_the_command_line_takes(path: str) -> None:
    for example in EXAMPLES[path]:
        arguments = arguments_of(example)
        assert named(arguments).startswith(path), example
        assert fault(arguments) is None, example


def test_help_ends_with_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    main(["jobs", "list", "--help"])
    assert capsys.readouterr().out.rstrip().endswith("\n  ".join(EXAMPLES["jobs list"]))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that examples name, in the current directory."""
    contents = {
        "server.pem": certificate_pem(),
        "leaked.pem": certificate_pem(),
        "root.crl": crl_pem(),
        "www.csr": b"-----BEGIN CERTIFICATE REQUEST-----\n",
        "sso.csr": b"-----BEGIN CERTIFICATE REQUEST-----\n",
        "ids.txt": b"sso\nwiki\n",
        "claims.json": b"{}",
        "ops-slack.yaml": b"{id: ops-slack, kind: Slack, config: {the-name: ops-slack}}",
    }
    for file, content in contents.items():
        (tmp_path / file).write_bytes(content)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def agent_of_this_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An enrolled agent with a consent file, below a directory of the test."""
    now, consent = datetime.now(UTC), tmp_path / "consent.toml"
    monkeypatch.setenv("CERTCTL_AGENT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("CERTCTL_AGENT_CONSENT", str(consent))
    monkeypatch.setenv("CERTCTL_AGENT_OWN_CONSENT", "1")
    write_new(consent, proposed(Wishes(kinds=("NGINX",)), False, consent)[0])
    enrolment = Enrolment(
        "https://certctl.example.com", "the-agent_id", "web", "web-1", has_consent_file=True
    )
    key = AgentKey("certctl_" + "x" * 43, now, now + timedelta(days=30))
    open_state(tmp_path / "state").keep_enrolment(enrolment, key)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    with LoopbackServer(sampled).running() as server:
        monkeypatch.setenv("CERTCTL_URL", server.url)
        monkeypatch.setenv("CERTCTL_API_KEY", "certctl_x")
        yield server


@pytest.mark.usefixtures("files", "agent_of_this_host")
@pytest.mark.parametrize(
    "path", [path for path in _WITH_RECORDS if not {path[0], named(path)} & _OF_NO_STACK], ids=named
)
def test_the_format_name_prints_ids_or_is_refused_before_anything_is_sent(
    path: tuple[str, ...], server: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    printed: list[str] = []
    ids = _IDS | {_WITHOUT_IDS.get(path, "the-id")}
    errors = []
    for example in examples_of(path):
        arguments = arguments_of(example)
        if {"--json", "--jq"} & {*arguments}:
            continue
        code = main([*(word for word in arguments if word != "--watch"), "--output", "name"])
        out, err = capsys.readouterr()
        if code == 2 and "'name'" in err:
            assert (out, server.asked) == ("", [])
            return
        assert {*out.split()} <= {*ids, *arguments}, example
        printed += out.split()
        errors.append(err)
    assert printed, f"no example of {named(path)} has shown a record: {errors}"
