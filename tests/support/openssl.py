"""The openssl binary: it verifies our encodings, and creates objects that our library refuses to create."""

import subprocess


def openssl(*arguments: object, stdin: bytes = b"") -> str:
    """Standard output. Raises CalledProcessError, its `stderr` as text in the message, on failure."""
    return run_openssl(*arguments, stdin=stdin, check=True).stdout.decode("utf-8", "replace")


def run_openssl(
    *arguments: object, stdin: bytes = b"", check: bool = False
) -> subprocess.CompletedProcess[bytes]:
    command = ["openssl", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=check, timeout=30)
