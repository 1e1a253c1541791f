"""`certctl teams names preview`: what a team's names would refuse, before they are stored."""

import json
from uuid import uuid4

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack

PREVIEW = ("teams", "names", "preview")


@pytest.fixture
def team(certctl: Certctl) -> str:
    name = f"Names {uuid4().hex[:8]}"
    made = certctl(
        "teams", "create", "--name", name, "--allow-name", "DNS:**.names.example.com", "-o", "json"
    )
    return str(json.loads(made.out)["id"])


def test_names_are_previewed_before_they_are_stored(certctl: Certctl, stack: BridgedStack, team: str) -> None:
    stack.issuing.created("taken.example.com")

    broken = certctl(*PREVIEW, team, "--allow-name", "DNS:taken.example.com", "-o", "json")
    shown = certctl(*PREVIEW, team, "--allow-name", "DNS:taken.example.com").out
    kept = certctl(*PREVIEW, team, "--allow-name", "DNS:free.example.net")
    none = certctl(*PREVIEW, team, "--allow-name", "")
    stored = json.loads(certctl("teams", "get", team, "-o", "json").out)

    found = json.loads(broken.out)
    assert broken.code == ExitCode.FAILED
    assert found["complete"] is True
    assert found["refused"] == found["others"] == len(found["certificates"])
    assert {each["common_name"] for each in found["certificates"]} == {"taken.example.com"}
    assert "belongs to another team" in shown
    assert (kept.code, none.code) == (ExitCode.OK, ExitCode.OK)
    assert stored["allowed_names"] == ["DNS:**.names.example.com"]


def test_which_names_must_be_said(certctl: Certctl, team: str) -> None:
    assert certctl(*PREVIEW, team).code == ExitCode.USAGE
