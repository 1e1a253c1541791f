"""Runs `certctl` in a forked process for each line of standard input: `{"arguments", "input", "kill_at"}`.

With `kill_at` the process is killed when it is about to name its so-manieth file. Everything that the agent
makes durable is named by a rename or a link, so the number walks through its steps.
"""

import json
import os
import signal
import sys
import tempfile
from typing import IO, Any

from certctl_client.main import main

_NAMING = frozenset({"os.rename", "os.link"})


def _answer(wish: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(wish["input"].encode())
        given.seek(0)
        child = os.fork()
        if child == 0:
            _run(wish, given, out, err)
        _, status = os.waitpid(child, 0)
        return {"returncode": os.waitstatus_to_exitcode(status), "stdout": _text(out), "stderr": _text(err)}


def _run(wish: dict[str, Any], given: IO[bytes], out: IO[bytes], err: IO[bytes]) -> None:
    for descriptor, file in enumerate((given, out, err)):
        os.dup2(file.fileno(), descriptor)
    if wish["kill_at"]:
        _kill_at(wish["kill_at"])
    code = main(wish["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _kill_at(remaining: int) -> None:
    def hook(event: str, _: tuple[Any, ...]) -> None:
        nonlocal remaining
        if event not in _NAMING:
            return
        remaining -= 1
        if remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    while line := sys.stdin.readline():
        print(json.dumps(_answer(json.loads(line))), flush=True)  # noqa: T201 - this is what it says
