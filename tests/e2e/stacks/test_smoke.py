"""`make smoke`, the command itself, on a local stack of its own: it rotates the CA there."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.local.stack import started
from tests.support.template import ROOT

# A catalog deletion takes more than two minutes.
pytestmark = pytest.mark.slow


def smoke(**settings: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "smoke", *(f"{name}={text}" for name, text in settings.items())]
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.timeout(900, func_only=True)
def test_every_step_passes_on_a_new_local_stack_and_cleans_up(tmp_path: Path) -> None:
    with started(tmp_path) as stack:
        ran = smoke(LOCAL="1", ROTATE="1", LOCAL_DIR=str(tmp_path))
        lines = [line for line in ran.stdout.splitlines() if line.startswith(("ok ", "FAILED "))]
        topics = stack.client("sns").list_topics()["Topics"]
        channels = [each["id"] for each in stack.get("/api/v1/channels")["data"]]
        rules = stack.get("/api/v1/notifications/routing")["data"]
    assert [line for line in lines if line.startswith("FAILED")] == []
    assert (ran.returncode, len(lines)) == (0, 11), ran.stderr
    assert [each for each in topics if "smoke" in each["TopicArn"]] == []
    assert [each for each in channels if each.startswith("smoke")] == []
    assert rules == []


def test_a_stack_that_does_not_run_is_an_error(tmp_path: Path) -> None:
    ran = smoke(LOCAL="1", LOCAL_DIR=str(tmp_path))
    assert ran.returncode != 0
    assert "no stack is running here" in ran.stderr
