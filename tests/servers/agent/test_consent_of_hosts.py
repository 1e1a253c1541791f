"""Where an agent has its consent from, how the server gets to know it, and agents that were there before."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support.agents.process import AgentHost, Ran, wait_until
from tests.support.agents.server import AgentServer, Job

_NAME = "www.example.com"
_NARROW = 'kinds = ["NGINX"]\ndirectories = ["/etc/nginx/tls"]\ncommands = [["true"]]\nowners = ["root"]\n'


def _as_enrolled_by_an_earlier_release(host: AgentHost, **flags: Any) -> None:
    host.consent.unlink()
    path = host.state / "agent.json"
    values = json.loads(path.read_text())
    del values["has_consent_file"]
    path.write_text(json.dumps(values | flags))


def _asked(server: AgentServer, folder: Path, *command: str) -> None:
    """A certificate for files of the folder."""
    folder.mkdir()
    config = {"certificate_path": f"{folder}/tls.pem", "key_path": f"{folder}/tls.key"}
    target = {"id": "tgt-1", "type": "Files", "config": {**config, "reload_command": list(command)}}
    server.await_request(server.certificate("mc-1", _NAME, target))


def _deployment(server: AgentServer, host: AgentHost) -> Job:
    for _ in range(2):
        assert host.once().returncode == 0
    return server.deployments[-1]


def _events(ran: Ran) -> list[str]:
    return [event["event"] for event in ran.events]


def test_without_a_consent_file_a_host_is_not_enrolled_and_its_token_not_used_up(
    server: AgentServer, new_host: AgentHost
) -> None:
    new_host.consent.unlink()

    refused = new_host.enroll()

    assert refused.returncode == 2
    assert "certctl agent consent init --write" in refused.stderr
    assert server.asked == []


def test_the_flags_of_earlier_releases_are_refused_with_the_command_that_takes_them(
    server: AgentServer, new_host: AgentHost
) -> None:
    refused = new_host.enroll("--allow-directory", "/etc/nginx/tls", "--allow-command", "nginx -t")

    assert refused.returncode == 2
    told = "consent init --write --allow-directory /etc/nginx/tls --allow-command 'nginx -t'"
    assert told in refused.stderr
    assert server.asked == []


def test_a_server_that_wants_to_know_is_told_once_and_again_after_an_edit(
    server: AgentServer, host: AgentHost
) -> None:
    server.knows_consent = True
    host.allow(_NARROW)
    del server.asked[:]

    for _ in range(2):
        host.once()
    host.allow(_NARROW + "any_command = true\n")
    host.once()

    assert server.asked == ["heartbeat"] * 5
    assert [each["any_command"] for each in server.consents] == [False, True]
    assert server.consents[0] == {
        "source": "file",
        "kinds": ["NGINX"],
        "directories": ["/etc/nginx/tls"],
        "any_directory": False,
        "commands": [["true"]],
        "any_command": False,
        "owners": ["root"],
        "any_owner": False,
        "verify_addresses": ["127.0.0.1", "::1", "localhost"],
        "any_verify_address": False,
    }


def test_an_agent_that_is_running_reports_an_edit_and_obeys_it(
    server: AgentServer, host: AgentHost, tmp_path: Path
) -> None:
    server.knows_consent = True
    host.allow("")

    with host.running() as agent:
        wait_until(lambda: len(server.consents) == 1, "the consent is not reported")
        host.allow('kinds = ["Files"]\nany_directory = true\n')
        wait_until(lambda: len(server.consents) == 2, "the edit is not reported")
        _asked(server, tmp_path / "files")
        wait_until(lambda: "Completed" in [job.status for job in server.deployments], "no deployment")
        agent.send_signal(signal.SIGTERM)
        agent.wait(20)

    opened = [event for event in host.events() if event["event"] == "consent_open"]
    assert [event["warning"] for event in opened] == [
        "Anyone who may edit a target decides here without limits: any_directory."
    ]


def test_a_file_that_is_wrong_is_reported_as_what_it_allows_which_is_nothing(
    server: AgentServer, host: AgentHost
) -> None:
    server.knows_consent = True
    host.allow("kinds = 1")

    ran = host.once()

    assert ran.returncode == 0
    assert "consent_unusable" in _events(ran)
    assert [(each["kinds"], each["verify_addresses"]) for each in server.consents] == [([], [])]
    assert "kinds must be an array" in host.status()["consent"]["problem"]


def test_an_agent_of_an_earlier_release_goes_on_and_its_journal_warns(
    server: AgentServer, host: AgentHost, tmp_path: Path
) -> None:
    server.knows_consent = True
    _as_enrolled_by_an_earlier_release(host)
    _asked(server, tmp_path / "files", "/usr/bin/touch", f"{tmp_path}/was-run")

    warned = host.once()
    job = _deployment(server, host)

    assert job.status == "Completed"
    assert (tmp_path / "was-run").exists()
    assert {"consent_missing", "consent_open"} <= set(_events(warned))
    assert (server.consents[0]["source"], server.consents[0]["any_command"]) == ("enrolment", True)


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        ({"directories": ["/elsewhere"]}, "not in a directory that this host allows"),
        ({"commands": [["nginx", "-t"]]}, "not a command that this host allows"),
    ],
)
def test_what_an_earlier_enrolment_did_not_allow_stays_forbidden(
    server: AgentServer, host: AgentHost, tmp_path: Path, flags: dict[str, Any], error: str
) -> None:
    _as_enrolled_by_an_earlier_release(host, **flags)
    _asked(server, tmp_path / "files", "/usr/bin/touch", f"{tmp_path}/was-run")

    job = _deployment(server, host)

    assert error in job.results[-1]["error"]
    assert not (tmp_path / "was-run").exists()


def test_once_there_has_been_a_consent_file_it_alone_counts(
    server: AgentServer, host: AgentHost, tmp_path: Path
) -> None:
    _as_enrolled_by_an_earlier_release(host)
    host.allow("")
    _asked(server, tmp_path / "files")
    with_file = _deployment(server, host)

    host.consent.unlink()
    (without_file,) = server.deploy(with_file.certificate)
    host.once()

    assert "not a kind of target that this host allows" in with_file.results[-1]["error"]
    assert "There is no consent file" in without_file.results[-1]["error"]
    assert list((tmp_path / "files").iterdir()) == []


def test_what_was_begun_is_taken_back_though_the_host_allows_it_no_more(
    server: AgentServer, host: AgentHost, tmp_path: Path
) -> None:
    _asked(server, tmp_path / "files")
    host.once()
    (tmp_path / "files" / "tls.pem").write_text("the former one")
    host.killed_at(("os.rename", "'.tls.key.certctl-new'"))
    half_done = (tmp_path / "files" / "tls.pem").read_text()

    host.allow("")
    host.once()

    assert half_done.startswith("-----BEGIN CERTIFICATE")
    assert (tmp_path / "files" / "tls.pem").read_text() == "the former one"
    result = server.deployments[0].results[-1]
    assert (result["outcome"], result["rolled_back"]) == ("failed", True)
