"""Programs of relying parties: GnuTLS's `ocsptool` and `certtool`, and Java's PKIX validator; zlint."""

import os
import shutil
import subprocess

import pytest

_PACKAGES = {
    "ocsptool": "gnutls-bin",
    "certtool": "gnutls-bin",
    "zlint": "zlint",
    "javac": "default-jdk-headless",  # a JRE does not run a source file
}


def require(program: str) -> None:
    """Skips on a machine without it; fails in CI, which must run everything."""
    if shutil.which(program):
        return
    advice = f"{program} is missing: apt-get install --no-install-recommends {_PACKAGES[program]}"
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)


def said_by(*command: object, stdin: bytes = b"", seconds: int = 30) -> str:
    """What a program printed, on both ways, whatever its exit code."""
    arguments = [str(each) for each in command]
    ran = subprocess.run(arguments, input=stdin, capture_output=True, timeout=seconds, check=False)
    return (ran.stdout + ran.stderr).decode("utf-8", "replace")
