"""`certctl login`, `keys`, `jobs`, `cost --stack`, and lists: pages, formats, filters."""

import contextlib
import csv
import fcntl
import io
import json
import os
import pty
import select
import stat as modes
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
import yaml

from certctl.domain.access.permissions import Role
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.agents.fleet import certificate, store_certificates
from tests.support.client.stack import BridgedStack
from tests.support.template import ROOT

_HOSTILE = "=cmd|' /C calc'!A0\x1b]0;owned\x07[bold]\nmc-fake  Active"


@pytest.fixture(scope="module")
def fleet(shared_stack: BridgedStack) -> list[str]:
    """Names of 12 records; one of them is hostile."""
    names = [f"listed-{number:02}" for number in range(11)] + [_HOSTILE]
    deployed = shared_stack.issuing.stack
    records = [certificate(f"mc-listed-{n:02}", deployed.clock(), name=name) for n, name in enumerate(names)]
    store_certificates(deployed.database, records)
    return names


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "certctl" / "config.toml"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, stack: BridgedStack) -> pytest.MonkeyPatch:
    """The key comes from standard input, and the environment is empty."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(stack.issuing.stack.admin_key + "\n"))
    for name in ("CERTCTL_URL", "CERTCTL_API_KEY"):
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.usefixtures("typed")
def test_login_keeps_url_and_key_and_all_commands_use_them(
    certctl: Certctl, stack: BridgedStack, config_file: Path
) -> None:
    ran = certctl("login", "--url", f"{stack.url}/", "--key-stdin")

    assert ran.code == ExitCode.OK, ran.err
    assert modes.S_IMODE(config_file.stat().st_mode) == 0o600
    assert certctl("status").code == ExitCode.OK
    assert certctl("logout").code == ExitCode.OK
    assert not config_file.exists()
    assert certctl("status").code == ExitCode.USAGE
    assert certctl("logout").code == ExitCode.OK


def test_a_key_that_the_server_refuses_is_not_kept(
    certctl: Certctl, stack: BridgedStack, typed: pytest.MonkeyPatch, config_file: Path
) -> None:
    typed.setattr(sys, "stdin", io.StringIO("certctl_" + "x" * 43))

    ran = certctl("login", "--url", stack.url, "--key-stdin")

    assert ran.code == ExitCode.DENIED
    assert not config_file.exists()


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (("--url", "http://certctl.example.com", "--key-stdin"), "certctl_x"),
        (("--url", "https://certctl.example.com", "--key-stdin"), "certctl_\x1b[2J"),
        (("--url", "https://certctl.example.com", "--key-stdin"), ""),
        (("--url", "https://certctl.example.com"), "certctl_x"),
        (("--key-stdin",), "certctl_x"),
    ],
)
def test_what_cannot_be_right_is_never_sent(
    options: tuple[str, ...], key: str, certctl: Certctl, stack: BridgedStack, typed: pytest.MonkeyPatch
) -> None:
    typed.setattr(sys, "stdin", io.StringIO(key))

    assert certctl("login", *options).code == ExitCode.USAGE
    assert stack.asked == []


def test_a_person_types_the_key_unseen(stack: BridgedStack, tmp_path: Path) -> None:
    key, ours = stack.environment()["CERTCTL_API_KEY"], {"HOME": str(tmp_path), "TERM": "xterm"}
    near, far = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "certctl_client", "login", "--ask-key", "--url", stack.url],
        env=ours | {"PYTHONPATH": str(ROOT / "client"), "NO_PROXY": "*"},
        stdin=far,
        stdout=far,
        stderr=far,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(far)

    shown = _read_until(near, b"API key: ")  # the blank comes once the terminal's echo is off
    os.write(near, f"{key}\n".encode())
    shown += _read_until(near, b"are kept in")

    assert process.wait(30) == 0
    os.close(near)
    assert key.encode() not in shown
    assert key in (tmp_path / ".config" / "certctl" / "config.toml").read_text()


def _read_until(descriptor: int, text: bytes) -> bytes:
    found, ends = b"", time.monotonic() + 60
    with contextlib.suppress(OSError):  # the other end is closed
        while text not in found and time.monotonic() < ends:
            if select.select([descriptor], [], [], 1)[0]:
                found += os.read(descriptor, 1024)
    return found


def test_a_key_is_made_listed_and_revoked(certctl: Certctl, tmp_path: Path) -> None:
    out = tmp_path / "ci.key"
    create = ("keys", "create", "--name", "ci", "--role", "viewer", "--team", "t-1", "--expires", "90d")

    shown = json.loads(certctl(*create, "-o", "json").out)
    written = certctl(*create, "--out", out)
    revoked = certctl("keys", "revoke", shown["id"], "--leaked", "--yes")
    listed = {key["id"]: key for key in json.loads(certctl("keys", "list", "--all", "-o", "json").out)}

    assert shown["key"].startswith("certctl_")
    assert (shown["role"], shown["teams"]) == ("viewer", ["t-1"])
    assert modes.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text().strip() not in written.out + written.err
    assert revoked.code == ExitCode.OK
    assert listed[shown["id"]]["leaked_at"] is not None
    assert certctl("keys", "revoke", shown["id"]).code == ExitCode.USAGE
    assert "key-" in certctl("keys", "list").out


def test_a_key_is_limited_to_actions_and_names(certctl: Certctl) -> None:
    create = ("keys", "create", "--name", "ci", "--role", "operator", "--action", "certificates:write")

    limited = certctl(*create, "--names", "*.pay.example.com", "--names", "IP:10.0.0.0/8", "-o", "json")

    shown = json.loads(limited.out)
    assert shown["actions"] == ["certificates:write"]
    assert shown["names"] == ["DNS:*.pay.example.com", "IP:10.0.0.0/8"]


@pytest.mark.parametrize(
    ("teams", "says_so"), [((), True), (("--team", "t-1"), False), (("--team", "*"), False)]
)
def test_a_key_that_reaches_all_teams_unasked_says_so(
    certctl: Certctl, teams: tuple[str, ...], says_so: bool
) -> None:
    ran = certctl("keys", "create", "--name", "wall", "--role", "viewer", *teams)

    assert ran.code == ExitCode.OK
    assert ("reaches all teams" in ran.err) is says_so


def test_a_key_that_cannot_be_written_is_revoked_at_once(certctl: Certctl) -> None:
    ran = certctl("keys", "create", "--name", "lost", "--role", "viewer", "--out", "/proc/no.key")

    (lost,) = (k for k in json.loads(certctl("keys", "list", "-o", "json").out) if k["name"] == "lost")
    assert ran.code == ExitCode.FAILED
    assert lost["revoked_at"] is not None


def test_a_key_whose_response_is_lost_is_reported(certctl: Certctl, stack: BridgedStack) -> None:
    """The server made it, and never shows it again."""
    stack.loses = lambda asked: asked.method == "POST" and len(stack.asked) == 1

    ran = certctl("keys", "create", "--name", "unseen", "--role", "viewer")

    assert ran.code == ExitCode.FAILED
    assert "find it with `certctl keys list`, and revoke it" in ran.err


def test_a_role_without_permission_gets_an_explanation(certctl: Certctl, stack: BridgedStack) -> None:
    viewer = stack.issuing.stack.new_key(Role.VIEWER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCTL_API_KEY", viewer)
        ran = certctl("keys", "create", "--name", "x", "--role", "admin")

    assert ran.code == ExitCode.DENIED
    assert "viewer" in ran.err


def test_jobs_are_listed_filtered_and_shown(certctl: Certctl, stack: BridgedStack) -> None:
    certificate_id = stack.issuing.issued()["id"]
    command = ("jobs", "list", "--certificate", certificate_id, "--status", "Completed", "--type", "Issuance")

    (job,) = json.loads(certctl(*command, "-o", "json").out)

    assert job["certificate_id"] == certificate_id
    table = certctl(*command).out
    assert job["id"] in table
    assert job["certificate_name"] in table
    assert "Completed" in certctl("jobs", "get", job["id"]).out
    assert certctl("jobs", "get", "job-nothing").code == ExitCode.NOT_FOUND
    assert certctl("jobs", "get", "..").code == ExitCode.USAGE


def test_a_list_says_that_there_is_more_and_all_shows_it(certctl: Certctl, fleet: list[str]) -> None:
    some = certctl("certs", "list", "--status", "Pending", "--limit", "5", "-o", "json")
    whole = certctl("certs", "list", "--status", "Pending", "--all", "--limit", "5", "-o", "json")

    assert len(json.loads(some.out)) == 5
    assert some.err == "There are more: use --all or a larger --limit.\n"
    assert {record["name"] for record in json.loads(whole.out)} >= set(fleet)
    assert whole.err == ""


def test_a_search_shows_what_it_finds_and_says_why_it_may_find_nothing(
    certctl: Certctl, stack: BridgedStack
) -> None:
    made = stack.issuing.created("wiki.sought.example.com").body["id"]
    found = certctl("certs", "list", "--search", "WIKI", "-o", "json")
    nothing = certctl("certs", "list", "--search", "no-such-name", "-o", "json")

    assert [record["id"] for record in json.loads(found.out)] == [made]
    assert "still being indexed" in found.err
    assert json.loads(nothing.out) == []
    assert "A search finds the beginning of a label" in nothing.err


def test_every_format_has_the_same_records(certctl: Certctl, fleet: list[str]) -> None:
    command = ("certs", "list", "--status", "Pending", "--all", "-o")

    by_json = json.loads(certctl(*command, "json").out)
    by_yaml = yaml.safe_load(certctl(*command, "yaml").out)
    by_csv = list(csv.DictReader(io.StringIO(certctl(*command, "csv").out)))

    assert by_yaml == by_json
    assert [row["id"] for row in by_csv] == [record["id"] for record in by_json]
    assert list(by_csv[0]) == list(by_json[0])
    (hostile,) = (row for row in by_csv if row["id"] == "mc-listed-11")
    assert hostile["name"] == "'=cmd|' /C calc'!A0\\x1b]0;owned\\x07[bold]\\nmc-fake  Active"


@pytest.mark.parametrize("format_", ["table", "json", "yaml", "csv"])
@pytest.mark.parametrize("terminal", [{}, {"FORCE_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
def test_no_name_drives_the_terminal(
    format_: str,
    terminal: dict[str, str],
    certctl: Certctl,
    fleet: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**terminal, "COLUMNS": "300"}.items():
        monkeypatch.setenv(name, value)

    for command in (("certs", "list", "--status", "Pending"), ("certs", "get", "mc-listed-11")):
        ran = certctl(*command, "-o", format_)
        assert ran.code == ExitCode.OK
        assert "\x1b]0" not in ran.out + ran.err
        assert "\x07" not in ran.out + ran.err
        assert "[bold]" in ran.out
        assert not any(line.startswith("mc-fake") for line in ran.out.splitlines())
        assert ("\x1b[3" in ran.out) == (format_ == "table" and terminal == {"FORCE_COLOR": "1"})


def test_filters_go_to_the_server(certctl: Certctl, stack: BridgedStack) -> None:
    options = ("--name", "example.com", "--team", "t-1", "--owner", "o-1", "--issuer", "iss-local")
    more = ("--profile", "server", "--environment", "staging", "--expires-before", "30d")

    ran = certctl("certs", "list", *options, *more, "--expires-after", "2026-11-24")

    assert ran.code == ExitCode.NOT_FOUND
    assert "There is no team t-1." in ran.err
    query = dict(stack.asked[0].query)
    assert query.pop("expires_before").endswith("Z")
    assert query == {
        "name": "example.com",
        "team_id": "t-1",
        "owner_id": "o-1",
        "issuer_id": "iss-local",
        "profile_id": "server",
        "environment": "staging",
        "expires_after": "2026-11-24T00:00:00Z",
        "per_page": "51",
    }


def test_a_closed_pipe_is_not_an_error(stack: BridgedStack, fleet: list[str]) -> None:
    """`certctl certs list | head -1`."""
    command = f"{sys.executable} -m certctl_client certs list --all -o json | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env=os.environ | stack.environment() | {"PYTHONPATH": str(ROOT / "client")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "[\n"
    assert done.stderr == ""


def test_a_found_key_ends_without_a_key_of_ones_own(
    certctl: Certctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certctl("keys", "create", "--name", "ci", "--role", "viewer", "-o", "json")
    found = json.loads(made.out)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{found['key']}\n"))
    ran = certctl("keys", "revoke-found", "--leaked")
    assert "it has ended" in ran.err
    assert found["key"] not in ran.out + ran.err
    (shown,) = (k for k in json.loads(certctl("keys", "list", "-o", "json").out) if k["id"] == found["id"])
    assert shown["leaked_at"]


def test_a_text_of_another_form_is_not_sent(certctl: Certctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hello\n"))
    assert certctl("keys", "revoke-found").code == ExitCode.USAGE


def test_the_certificates_of_the_stack_are_priced(stack: BridgedStack, certctl: Certctl) -> None:
    stack.issuing.created("www.example.com")
    summary = json.loads(certctl("api", "/stats/summary").out)

    priced = json.loads(certctl("cost", "--stack", "-o", "json").out)

    assert priced["certificates"] == summary["total_certificates"] - summary["revoked_certificates"]
    assert {line["part"]: line["amount"] for line in priced["lines"]}["idle"] == 1


def test_amounts_that_are_given_count_before_those_of_the_stack(
    stack: BridgedStack, certctl: Certctl
) -> None:
    ran = certctl("cost", "--stack", "--certificates", "5000", "-o", "json")

    assert json.loads(ran.out)["certificates"] == 5000
