"""Starts function processes by forks of one process that has imported what the functions share.

`python -P fork_server.py SOCKET LAYER...`, run by the emulator's interpreter. Each message of the socket
brings the three ends of a new process's pipes, and is answered with its id and a descriptor of it. The new
process reads its command, folder and environment from the first line of its input: they are never in this
process, so no function inherits another one's credentials. Nothing that reads the environment while it is
imported is imported here. Ends with its socket. Linux only.
"""

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

# Of the packages that most functions use, what certctl itself does not import outside of functions.
_SHARED = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "boto3.session",
    "botocore.client",
    "botocore.httpsession",
    "importlib.metadata",
    "pynamodb.models",
)
# It makes the logger, whose name and level come from the function's environment.
READERS = frozenset({"certctl.observability"})
# What `ps` and /proc show of a process is the memory that it began with: room for a function's variables.
ROOM = "CERTCTL_ROOM"
ROOM_BYTES = 16_384
_PATHS = list(sys.path)


class _Refused:
    """A finder of modules that fails those which are not to be imported here, and with them their users."""

    def find_spec(self, name: str, *_: Any) -> None:
        if name in READERS:
            raise ImportError(f"{name} is imported by each function itself", name=name)


def preload(layers: Iterable[str]) -> None:
    """Imports all of certctl, but what uses a reader of the environment, from the layers' folders."""
    sys.path[:0] = [str(Path(layer) / "python") for layer in layers]
    refused = _Refused()
    sys.meta_path.insert(0, refused)
    try:
        for name in (*_SHARED, *_modules("certctl")):
            with suppress(ImportError):
                importlib.import_module(name)
    finally:
        sys.meta_path.remove(refused)


def _modules(package: str) -> Iterable[str]:
    folders = importlib.import_module(package).__path__
    return (found.name for found in pkgutil.walk_packages(folders, f"{package}.", onerror=lambda _: None))


def _serve(requests: socket.socket) -> None:
    while True:
        message, pipes, _, _ = socket.recv_fds(requests, 1, 3)
        if not message:
            return
        if (child := os.fork()) == 0:
            requests.close()
            _become(pipes)
            return
        _answer(requests, child)
        for pipe in pipes:
            os.close(pipe)


def _answer(requests: socket.socket, child: int) -> None:
    # It waits for its first line, so it is there; the kernel collects it when it ends.
    descriptor = os.pidfd_open(child)
    socket.send_fds(requests, [str(child).encode()], [descriptor])
    os.close(descriptor)


def _become(pipes: Sequence[int]) -> None:
    """In the new process: its own input and outputs, then the function's command in its environment."""
    for standard, pipe in enumerate(pipes):
        os.dup2(pipe, standard)
        os.close(pipe)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    began = json.loads(sys.stdin.readline())
    _show(began["arguments"], began["environment"])
    os.environ.clear()
    os.environ.update(began["environment"])
    os.chdir(began["folder"])
    sys.argv = began["arguments"][1:]
    # The emulator's script puts the layers before these, as it does in a process of its own.
    sys.path[:] = [str(Path(sys.argv[0]).parent), *_PATHS]
    gc.enable()
    script = compile(Path(sys.argv[0]).read_text(encoding="utf-8"), sys.argv[0], "exec")
    exec(script, {"__name__": "__main__", "__file__": sys.argv[0]})  # noqa: S102 # what the emulator runs


def _show(arguments: Sequence[str], environment: dict[str, str]) -> None:
    """Lets `ps` and /proc show this process's own command and environment in place of the server's."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    # The fields 48 to 51 of proc_pid_stat(5); the first two stand before the parenthesis.
    argument_start, argument_end, start, end = map(int, fields[45:49])
    _write(argument_start, argument_end, arguments)
    _write(start, end, [f"{name}={value}" for name, value in environment.items()])


def _write(start: int, end: int, texts: Iterable[str]) -> None:
    shown = b"".join(text.encode() + b"\0" for text in texts)[: end - start - 1]
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, shown, len(shown))


def main() -> None:
    requests = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.disable()
    preload(sys.argv[2:])
    # The collector would write into each object, and so copy the pages that processes share.
    gc.freeze()
    _serve(requests)


if __name__ == "__main__":
    main()
