"""The examples that run: against the stack, as processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.local.stack import LocalStack
from tests.support.template import ROOT


def test_the_example_in_python_issues_a_certificate(local_stack: LocalStack, tmp_path: Path) -> None:
    name = f"example-{os.urandom(4).hex()}.example.com"
    environment = {"CERTCTL_URL": local_stack.url, "CERTCTL_API_KEY": local_stack.outputs["api_key"]}
    ran = subprocess.run(
        [sys.executable, ROOT / "examples" / "issue.py", name],
        cwd=tmp_path,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert f"{name}.pem, until" in ran.stdout
    assert (tmp_path / f"{name}.pem").read_text().count("BEGIN CERTIFICATE") == 2
    assert (tmp_path / f"{name}.key").stat().st_mode & 0o077 == 0


def test_the_example_says_why_the_server_refuses(local_stack: LocalStack, tmp_path: Path) -> None:
    environment = {"CERTCTL_URL": local_stack.url, "CERTCTL_API_KEY": local_stack.outputs["api_key"]}
    ran = subprocess.run(
        [sys.executable, ROOT / "examples" / "issue.py", "not a name"],
        cwd=tmp_path,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ran.returncode == 1
    assert "422" in ran.stderr
