"""A terminal in which the commands of a page run in turn, and the comparison with what the page shows."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.docs.shell import prompted

_MARK = "--- end of command ---"
_SECONDS_TO_COME_TRUE = 240
_PAUSE = re.compile(r"^sleep \d+; ")
# What differs from run to run.
_VARYING = {
    r"\b(job|ca|aud|mc|notif|agt|key|imp)-[0-9a-z]{26}\b": r"\1-ID",
    r"\b(www|shop|hour)-\d+\b": "NAME",
    r"\bcertctl-local [0-9a-f]{8}\b": "certctl-local KEY",
    r"\b[0-9a-f]{64}\b": "KEY",
    r"\b[0-9a-f]{36,40}\b": "SERIAL",
    r"\b[0-9a-f]{16}\b": "FINGERPRINT",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "UUID",
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z| UTC)?": "TIME",
    r"127\.0\.0\.1:\d+": "HOST",
    r"^(certctl_\w+) [\d.]+$": r"\1 COUNT",
    r"\bCRL \d+ of\b": "CRL NUMBER of",
    r"\b\d+ entr(y|ies)\b": "COUNT entries",
    r"/\d+\.crl\b": "/SHARD.crl",
    r" {2,}": "  ",
}


@dataclass(frozen=True)
class Shown:
    command: str
    output: str


def shown(block: str) -> list[Shown]:
    """Commands of a `console` block, each with the output below it."""
    return [Shown(command, output) for command, output in prompted(block)]


def masked(output: str) -> str:
    """Without ids, serials, times, ports, shards and counts."""
    for pattern, name in _VARYING.items():
        output = re.sub(pattern, name, output, flags=re.MULTILINE)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


class Terminal:
    """One bash for all commands of a page, so that variables, functions and files stay."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, wanted: Shown) -> str:
        """The output. A command behind `sleep` is repeated until it shows what the page says."""
        if not wanted.output:
            return self._output(wanted.command)
        command = _PAUSE.sub("", wanted.command)
        deadline = time.monotonic() + (_SECONDS_TO_COME_TRUE if command != wanted.command else 0)
        while True:
            output = self._output(command)
            if masked(output) == masked(wanted.output) or time.monotonic() >= deadline:
                return output
            time.sleep(1)

    def _output(self, command: str) -> str:
        assert self._bash.stdin
        assert self._bash.stdout
        # bash reads the commands from its standard input: theirs is another one
        self._bash.stdin.write(f"{{ {command}\n}} < /dev/null\necho '{_MARK}'\n")
        self._bash.stdin.flush()
        lines: list[str] = []
        for line in self._bash.stdout:
            if line.rstrip("\n").endswith(_MARK):
                return "".join(lines) + line.rstrip("\n").removesuffix(_MARK)
            lines.append(line)
        raise AssertionError(f"the shell ended at: {command}")

    def close(self) -> None:
        """Ends what a page that failed left running in the background, too."""
        self._bash.communicate(timeout=10)
        with suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGTERM)
