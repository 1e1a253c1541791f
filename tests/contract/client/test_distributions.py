"""What a release ships: versions, licences, the agent's modules, its .deb and its Dockerfile."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from distribution import agent_deb, agent_modules, debian, staging
from distribution.places import AGENT, CLIENT, version
from tests.support.template import ROOT

_REPOSITORY = "https://git.example.com/certctl"


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(staging, "BUILD", tmp_path / "build")
    return staging.staged_agent(_REPOSITORY)


def test_everything_has_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))

    assert {project["version"], document["info"]["version"]} == {version()}


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE"])
def test_the_client_has_the_licence(name: str) -> None:
    assert (CLIENT / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_agent_needs_no_package_but_these() -> None:
    paths = agent_modules.modules().values()
    names = {name.partition(".")[0] for path in paths for name in agent_modules.imported(path)}

    # boto3 is of the extra `acm`, rfc8785 of a function that the agent never calls
    assert names - sys.stdlib_module_names == {
        *("httpx", "cryptography", "certctl_client"),
        *("boto3", "botocore", "rfc8785"),
    }


def test_the_agent_starts_without_boto3_and_canonical_json() -> None:
    loaded = "{'boto3', 'rfc8785', 'typer', 'yaml'} & set(sys.modules)"
    code = f"import sys, certctl_client.agent.program.main; print({loaded})"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(CLIENT)}, capture_output=True, text=True
    )
    assert done.stdout == "set()\n"


def test_no_module_of_the_agent_names_the_client(staged: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (staged / "certctl_agent").rglob("*.py")]

    assert len(texts) == len(agent_modules.modules())
    assert not any("certctl_client" in text or "`certctl agent " in text for text in texts)


def test_links_of_the_readmes_lead_somewhere_on_pypi(staged: Path) -> None:
    readme = (staged / "README.md").read_text(encoding="utf-8")
    text = "[x](../docs/agent.md#targets) [y](https://example.com) [z](#here)"

    assert not re.search(r"\]\((?!https?://|#)", readme)
    shown = f"[x]({_REPOSITORY}/blob/main/docs/agent.md#targets) [y](https://example.com) [z](#here)"
    assert staging.with_addresses(text, CLIENT, _REPOSITORY) == shown
    assert staging.with_addresses(text, CLIENT, "").startswith("x [y]")


def test_the_projects_have_links_only_to_a_repository_that_exists(staged: Path) -> None:
    project = tomllib.loads((staged / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["urls"]["Changelog"] == f"{_REPOSITORY}/blob/main/CHANGELOG.md"
    assert project["license-files"] == ["LICENSE", "NOTICE"]
    assert "urls" not in tomllib.loads(staging.with_urls("[project]\n", ""))["project"]


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_the_deb_is_the_same_each_time_and_its_program_runs(
    staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "OUT", tmp_path)
    package = agent_deb.build(staged, 1_750_000_000)
    first = package.read_bytes()

    assert agent_deb.build(staged, 1_750_000_000).read_bytes() == first
    root = tmp_path / "installed"
    subprocess.run(["dpkg-deb", "--extract", str(package), str(root)], check=True)
    listed = subprocess.run(
        ["dpkg-deb", "--contents", str(package)], capture_output=True, text=True, check=True
    )
    assert all(" root/root " in line for line in listed.stdout.splitlines())
    packages = {"PYTHONPATH": str(root / "usr/lib/python3/dist-packages")}
    program = [sys.executable, str(root / "usr/bin/certctl-agent"), "--version"]
    ran = subprocess.run(program, env=packages, capture_output=True, text=True, check=True)
    assert ran.stdout == f"certctl-agent {version()}\n"


@pytest.mark.parametrize("script", ["postinst", "prerm", "postrm"])
def test_the_scripts_of_the_deb_are_shell(script: str) -> None:
    subprocess.run(["sh", "-n", str(AGENT / "debian" / script)], check=True)


def test_a_purge_keeps_the_user_whose_number_owns_keys_that_are_in_use(tmp_path: Path) -> None:
    script, log = (AGENT / "debian" / "postrm").read_text(encoding="utf-8"), tmp_path / "log"
    for name in ("getent", "userdel", "deluser", "rm"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n')
        program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}

    for action in ("remove", "upgrade"):
        subprocess.run(["sh", "-c", script, "postrm", action], check=True, env=environment)
    assert not log.exists()
    subprocess.run(["sh", "-c", script, "postrm", "purge"], check=True, env=environment)

    ran = log.read_text().splitlines()
    assert ran[-1] == "rm -rf /var/lib/certctl-agent /etc/certctl-agent"
    assert [line for line in ran if "user" in line] == []


def test_the_dockerfile_names_files_that_exist_and_ends_without_root() -> None:
    text = (AGENT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    copied = [line[1] for line in lines if line[0] == "COPY" and not line[1].startswith("--from")]

    assert {line[0] for line in lines} <= {
        *("FROM", "ARG", "COPY", "RUN", "LABEL", "ENV", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"),
    }
    assert [path for path in copied if not path.startswith("dist/") and not (ROOT / path).exists()] == []
    assert [line[1] for line in lines if line[0] == "USER"][-1] == "certctl-agent"
    assert "--require-hashes" in text
