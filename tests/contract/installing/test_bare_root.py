"""The Debian package and the one file run where no Python is."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from certctl.domain.access.permissions import Role
from distribution.places import version
from tests.support.client.bare_root import BareRoot, bare_root, packages
from tests.support.client.server import LoopbackServer, functions_behind
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
FILE = "./certctl-*-linux-*"
INSTALL = "dpkg --install ./certctl_*.deb"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[BareRoot]:
    packages()
    made = bare_root(tmp_path / "root")
    yield made
    shutil.rmtree(made.path)


@pytest.fixture
def stack() -> Iterator[Mapping[str, str]]:
    """The variables that lead the command to the stack's own function, over HTTP."""
    with deployed(Clock()) as made:
        respond = functions_behind(lambda key: made.client("insights_api", key))
        with LoopbackServer(respond).running() as server:
            yield {"CERTCTL_URL": server.url, "CERTCTL_API_KEY": made.new_key(Role.AUDITOR)}


@pytest.mark.parametrize(("install", "certctl"), [(INSTALL, "certctl"), ("true", FILE)], ids=["deb", "file"])
def test_the_command_runs_without_python(
    root: BareRoot, stack: Mapping[str, str], install: str, certctl: str
) -> None:
    assert root.run("command -v python3 python perl-does-not-matter").stdout == ""
    assert root.run(install).returncode == 0

    assert root.run(f"{certctl} --version").stdout == f"certctl {version()}\n"
    assert root.run(f"{certctl} --help").stdout.startswith("Usage: certctl [OPTIONS] COMMAND")
    assert "complete" in root.run(f"{certctl} --show-completion bash").stdout
    words = {"COMP_WORDS": "certctl certs re", "COMP_CWORD": "2", "_CERTCTL_COMPLETE": "complete_bash"}
    assert set(root.run(certctl, words).stdout.split()) == {"renew", "revoke"}
    read = root.run(f"{certctl} audit list -o json", stack)
    assert (read.stderr, json.loads(read.stdout)) == ("", [])
    assert root.run(f"{certctl} certs list").returncode == 2
    (root.path / "files" / "c.pem").write_text(_certificate(root.path.parent))
    seen = root.run(f"{certctl} certs inspect c.pem -o json", stack)
    assert "bare.example.com" in seen.stdout
    subject = root.run(f"{certctl} inspect c.pem --jq '.certificates[0].subject'")
    assert subject.stdout == "CN=bare.example.com\n"
    assert "Usage: certctl mcp" in root.run(f"{certctl} mcp --help").stdout


def test_the_package_is_purged_without_a_trace(root: BareRoot) -> None:
    before = root.files()
    root.run(INSTALL)
    assert {"usr/bin/certctl", "usr/share/man/man1/certctl.1.gz"} <= root.files() - before
    assert root.run("certctl --version && dpkg --verify certctl").returncode == 0

    root.run("dpkg --purge certctl")

    assert root.files() - before == set()


def test_the_one_file_unpacks_once_and_root_trusts_no_directory_of_others(root: BareRoot) -> None:
    for _ in range(2):
        assert root.run(f"{FILE} --version").returncode == 0
    (place,) = (root.path / "var/cache/certctl").iterdir()
    assert place.stat().st_mode & 0o777 == 0o700

    os.chown(place / "certctl", 1000, 1000)
    (place / "certctl").write_text("#!/bin/sh\necho somebody else's\n")

    assert root.run(f"{FILE} --version").stdout == f"certctl {version()}\n"


def test_the_one_file_runs_where_nothing_can_be_kept_and_returns_the_code(root: BareRoot) -> None:
    (root.path / "var/cache").rename(root.path / "var/other")
    (root.path / "var/cache").write_text("a file")

    ran = root.run(f"{FILE} certs list")

    assert (ran.returncode, list((root.path / "tmp").iterdir())) == (2, [])


def _certificate(folder: Path) -> str:
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-subj", "/CN=bare.example.com", "-keyout", str(folder / "key.pem"), "-days", "1"),
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
