"""`make rehearse`, the command itself, on a local stack of its own, with all steps of `make smoke`."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.template import ROOT

# A catalog deletion takes more than two minutes.
pytestmark = pytest.mark.slow

STEPS = (
    "deploy",
    "smoke test, and the CA rotated",
    "back up",
    "restore",
    "upgrade",
    "destroy",
    "remove what stays",
    "close",
)


def make(target: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", target, *(f"{name}={text}" for name, text in settings.items())]
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


# Five minutes of what tests/e2e/stacks and tests/dynamodb_local have one by one.
@pytest.mark.nightly
@pytest.mark.timeout(1200, func_only=True)
def test_a_stack_is_deployed_tried_backed_up_restored_upgraded_and_destroyed_and_nothing_is_left() -> None:
    ran = make("rehearse", LOCAL="1")

    lines = ran.stdout.partition("\nThe rehearsal:\n")[2].splitlines()
    passed = [each[1] for line in lines if (each := re.fullmatch(r"ok +\d+ s  (.+)", line))]
    assert passed == list(STEPS), ran.stdout[-4000:]
    assert ran.returncode == 0, ran.stderr
    assert any(line.startswith("not here: CloudFront") for line in lines)
    smoked = re.findall(r"^ok +[\d.]+ s  ", ran.stdout.partition("back up\n")[0], re.MULTILINE)
    assert len(smoked) == 11, ran.stdout
    assert {"removed: AWS::DynamoDB::Table", "removed: AWS::KMS::Key", "removed: AWS::S3::Bucket"} <= {
        line.rpartition(" ")[0] for line in ran.stdout.splitlines()
    }


def test_a_stack_that_does_not_run_cannot_be_tried(tmp_path: Path) -> None:
    ran = make("smoke", LOCAL="1", LOCAL_DIR=str(tmp_path))
    assert ran.returncode != 0
    assert "no stack is running here" in ran.stderr
