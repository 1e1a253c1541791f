"""Programs and libraries of relying parties, as Debian packages them."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

_PACKAGES = {
    "ocsptool": "gnutls-bin",
    "certtool": "gnutls-bin",
    "zlint": "zlint",
    "javac": "default-jdk-headless",  # a JRE does not run a source file
    "vfychain": "libnss3-tools",
    "go": "golang-go",
    "gcc": "gcc libc6-dev",
}
_LIBRARIES = {
    "mbedtls/x509_crt.h": "libmbedtls-dev",
    "wolfssl/ssl.h": "libwolfssl-dev",
}


def require(program: str) -> None:
    """Skips on a machine without it; fails in CI, which must run everything."""
    if not shutil.which(program):
        _miss(program, _PACKAGES[program])


def require_library(header: str) -> None:
    """Requires a C library and the compiler."""
    require("gcc")
    if not (Path("/usr/include") / header).exists():
        _miss(header, _LIBRARIES[header])


def _miss(what: str, packages: str) -> None:
    advice = f"{what} is missing: apt-get install --no-install-recommends {packages}"
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)


def said_by(*command: object, stdin: bytes = b"", seconds: int = 30) -> str:
    """What a program printed, on both ways, whatever its exit code."""
    program = ran(*command, stdin=stdin, seconds=seconds)
    return (program.stdout + program.stderr).decode("utf-8", "replace")


def ran(
    *command: object, stdin: bytes = b"", seconds: int = 30, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """A program that has ended, with whatever exit code; `environment` is added to ours."""
    return subprocess.run(
        [str(each) for each in command],
        input=stdin,
        capture_output=True,
        env=os.environ | dict(environment or {}),
        timeout=seconds,
        check=False,
    )
