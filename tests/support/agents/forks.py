"""Runs `certctl` in a forked process for each line of standard input: `{"arguments", "input", "kill_at"}`.

`kill_at` is a sequence of steps, `[event, text]`: audit events of Python (PEP 578), which are raised before
an operation, and a text in their arguments (none: any). At the last step the process is killed, before the
operation."""

import json
import os
import signal
import sys
import tempfile
from collections import deque
from typing import IO, Any

from certctl_client.main import main


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


def _kill_at(steps: list[list[str]]) -> None:
    ahead = deque(steps)

    def hook(event: str, told: tuple[Any, ...]) -> None:
        if not ahead or not _is_step(ahead[0], event, told):
            return
        ahead.popleft()
        if not ahead:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _is_step(step: list[str], event: str, told: tuple[Any, ...]) -> bool:
    wanted, text = step
    return event in wanted.split() and text in repr(told)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    while line := sys.stdin.readline():
        print(json.dumps(_answer(json.loads(line))), flush=True)  # noqa: T201 - its output
