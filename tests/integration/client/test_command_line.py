"""The command itself: version, help, configuration, exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest

from certctl_client import __version__
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.server import KEY, LoopbackServer
from tests.support.client.trails import full_bundle, new_trail
from tests.support.template import ROOT


def test_it_tells_its_version(certctl: Certctl) -> None:
    ran = certctl("--version")
    assert (ran.code, ran.out) == (ExitCode.OK, f"certctl {__version__}\n")


@pytest.mark.parametrize("arguments", [("--help",), ("audit", "--help"), ("audit", "verify", "-h")])
def test_help_is_there(arguments: tuple[str, ...], certctl: Certctl) -> None:
    ran = certctl(*arguments)
    assert ran.code == ExitCode.OK
    assert "Usage: certctl" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("audit", "list", "--limit", "0"),
        ("audit", "list", "--output", "xml"),
        ("audit", "list", "--from", "yesterday"),
        ("audit", "list", "--from", "2026-11-24", "--since", "24h"),
        ("audit", "list", "--since", "soon"),
        ("audit", "export"),
        ("audit", "verify", "/nowhere/at/all"),
        ("audit", "verify", "/tmp", "--key-sha256", "abc"),  # noqa: S108
        ("audit", "verify", "/tmp", "--key", "/nowhere"),  # noqa: S108
        ("audit", "verify", "/tmp", "--head", "/dev/null"),  # noqa: S108
    ],
)
def test_wrong_usage_has_exit_code_2_and_sends_nothing(
    arguments: tuple[str, ...], certctl: Certctl, server: LoopbackServer
) -> None:
    ran = certctl(*arguments)
    assert ran.code == ExitCode.USAGE
    assert ran.err
    assert not server.asked


def test_a_refused_key_has_its_own_exit_code(certctl: Certctl, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CERTCTL_API_KEY", "certctl_other")
    ran = certctl("audit", "list")
    assert ran.code == ExitCode.DENIED
    assert "CERTCTL_API_KEY" in ran.err


def test_without_a_server_it_says_what_to_set(certctl: Certctl, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("CERTCTL_URL")
    ran = certctl("audit", "list")
    assert ran.code == ExitCode.USAGE
    assert "CERTCTL_URL" in ran.err


def test_the_configuration_file_serves_in_place_of_the_environment(
    certctl: Certctl, server: LoopbackServer, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("CERTCTL_URL", "CERTCTL_API_KEY"):
        environment.delenv(name)
    file = tmp_path / "config" / "certctl" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'url = "{server.url}/api/v1/"\napi_key = "{KEY}"\n')
    file.chmod(0o644)
    ran = certctl("audit", "list")
    assert ran.code == ExitCode.USAGE
    assert f"chmod 600 {file}" in ran.err.replace("\n", "")
    file.chmod(0o600)
    assert certctl("audit", "list").code == ExitCode.OK


def test_verifying_needs_neither_server_nor_network(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Runs in a separate process, in which a connection is an error."""
    directory = full_bundle(new_trail(50, 5)).write(tmp_path / "export")
    no_sockets = "import socket; socket.socket.connect = socket.getaddrinfo = None; "
    command = no_sockets + "from certctl_client.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", command, "audit", "verify", str(directory)],
        env={"PYTHONPATH": str(ROOT / "client"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "INTACT" in done.stdout


def test_a_machine_can_set_its_format_once(certctl: Certctl, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CERTCTL_OUTPUT", "json")
    assert certctl("audit", "list", "--limit", "1").out.startswith("[")
