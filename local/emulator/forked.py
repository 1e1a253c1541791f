"""Function processes as forks of a server that has imported what they share: a start takes a tenth of the
time, and most of the memory is there once. Each has its own environment, its function's role in it, and ends
by itself or by a signal without the others."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from local.emulator.fork_server import ROOM, ROOM_BYTES

_SERVER = Path(__file__).with_name("fork_server.py")
# Those of `Globals` in template.yaml come first, and all functions have them.
SHARED_LAYERS = 2
LAYERS = "_LAMBDA_LAYERS_DIRS"
# What a server must not pass on: the root user's key, above all.
_CREDENTIALS = "AWS_"


class Forked:
    """What the emulator uses of a `Popen`. `returncode` only tells an end: the kernel collects the status."""

    def __init__(self, pid: int, descriptor: int, pipes: Sequence[int]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = descriptor
        self.stdin, self.stdout, self.stderr = _opened(pipes)

    def __del__(self) -> None:
        os.close(self._descriptor)

    def poll(self) -> int | None:
        """Tells an end; None while the process runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        ended = self._ended_within(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("function", timeout or 0)
        return ended

    def terminate(self) -> None:
        """Asks for an end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, number)

    def _ended_within(self, seconds: float | None) -> int | None:
        waiting = select.poll()
        waiting.register(self._descriptor, select.POLLIN)
        if self.returncode is None and waiting.poll(None if seconds is None else seconds * 1000):
            self.returncode = 0
        return self.returncode


def _opened(pipes: Sequence[int]) -> tuple[IO[str], IO[str], IO[str]]:
    inward, output, error = pipes
    return os.fdopen(inward, "w", 1), os.fdopen(output), os.fdopen(error)


class _Server:
    """A running server, for these layers."""

    def __init__(self, layers: Sequence[str]) -> None:
        self._socket, remote = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with remote:
            self._process = subprocess.Popen(
                [sys.executable, "-P", _SERVER, str(remote.fileno()), *layers],
                env={**_harmless(os.environ), ROOM: "." * ROOM_BYTES},
                stdin=subprocess.DEVNULL,
                pass_fds=[remote.fileno()],
            )

    def fork(self) -> Forked:
        """A new process, which waits for its command. Raises OSError or EOFError if the server has ended."""
        theirs, ours = _pipes()
        try:
            socket.send_fds(self._socket, [b"f"], theirs)
            told, descriptors, _, _ = socket.recv_fds(self._socket, 32, 1)
            if not told:
                raise EOFError("the server of function processes has ended")
        except (OSError, EOFError):
            _close(ours)
            raise
        finally:
            _close(theirs)
        return Forked(int(told), descriptors[0], ours)

    def close(self) -> None:
        """Ends the server; its processes go on."""
        self._socket.close()
        self._process.wait()


def _harmless(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if not name.startswith(_CREDENTIALS)}


def _pipes() -> tuple[list[int], list[int]]:
    """The new process's ends of its input and two outputs, and the other ends."""
    (inward, write_in), (read_out, outward), (read_error, error) = (os.pipe() for _ in range(3))
    return [inward, outward, error], [write_in, read_out, read_error]


def _close(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


@dataclass
class ForkServers:
    """At most one server: a changed layer gets a new one."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _layers: tuple[str, ...] = ()
    _server: _Server | None = None

    def start(self, command: Sequence[str], cwd: str, env: Mapping[str, str]) -> Forked:
        """Starts a command of the emulator's own interpreter, in this environment."""
        with self._lock:
            process = self._forked(_shared_layers(env))
        began = {"arguments": [str(each) for each in command], "folder": cwd, "environment": dict(env)}
        process.stdin.write(json.dumps(began) + "\n")
        process.stdin.flush()
        return process

    def close(self) -> None:
        """Ends the server; its processes go on."""
        with self._lock:
            self._replace(None)

    def _replace(self, server: _Server | None) -> None:
        if self._server is not None:
            self._server.close()
        self._server = server

    def _forked(self, layers: tuple[str, ...]) -> Forked:
        if self._server is not None and layers == self._layers:
            # A server that has ended, by a signal of a curious person, is started again.
            with suppress(OSError, EOFError):
                return self._server.fork()
        server = _Server(layers)
        self._replace(server)
        self._layers = layers
        return server.fork()


def _shared_layers(env: Mapping[str, str]) -> tuple[str, ...]:
    """The folders behind the links that each process gets."""
    named = env[LAYERS].split(os.pathsep)[:SHARED_LAYERS]
    return tuple(str(Path(layer).resolve()) for layer in named)


def is_forkable(command: Sequence[Any], env: Mapping[str, str] | None) -> bool:
    """Whether this is a function in Python with the layers of all, on a system that can do this."""
    layers = (env or {}).get(LAYERS, "").split(os.pathsep)
    return sys.platform == "linux" and command[0] == sys.executable and len(layers) >= SHARED_LAYERS
