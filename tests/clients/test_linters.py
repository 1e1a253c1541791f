"""What two linters of OpenAPI documents find in docs/openapi.json."""

import json
import os
import subprocess

from tests.support.template import ROOT

_CLIENTS = ROOT / "examples" / "clients"
_DOCUMENT = ROOT / "docs" / "openapi.json"
_PROGRAMS = ROOT / ".local" / "env" / "clients" / "node_modules" / ".bin"
_NODE = ROOT / ".local" / "env" / "node" / "bin"
# `/notifications/mutes/{mute_id}` against `/notifications/{notification_id}/read` and `/requeue`: ADR 33.
_ACCEPTED = ["no-ambiguous-paths", "no-ambiguous-paths"]


def said(*command: str) -> str:
    ran = subprocess.run(
        [str(_PROGRAMS / command[0]), *command[1:]],
        cwd=_CLIENTS,
        env={**os.environ, "PATH": os.pathsep.join([str(_NODE), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    return ran.stdout


def test_spectral_finds_nothing() -> None:
    assert json.loads(said("spectral", "lint", "--quiet", "--format=json", str(_DOCUMENT))) == []


def test_redocly_finds_what_is_accepted_only() -> None:
    found = json.loads(said("redocly", "lint", "--format=json", str(_DOCUMENT)))
    assert [problem["ruleId"] for problem in found["problems"]] == _ACCEPTED
